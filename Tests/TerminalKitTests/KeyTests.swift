import TerminalKit
import Testing

@Suite("Keys")
struct KeyTests {
    private func decode(_ raw: [RawKey], with decoder: inout KeyDecoder) -> [Key] {
        var rest = raw[...]
        return decoder.decode { rest.popFirst() }
    }

    private func decode(_ text: String) -> [Key] {
        var decoder = KeyDecoder()
        return decode(text.unicodeScalars.map { .scalar($0.value) }, with: &decoder)
    }

    @Test("characters and controls become keys")
    func plain() {
        #expect(decode("qé") == [.character("q"), .character("é")])
        #expect(
            decode("\u{3}\u{1A}\r\t\u{7F}\u{0}") == [
                .control("c"), .control("z"), .enter, .tab, .backspace, .control("@"),
            ])
    }

    @Test("escape alone is a key, before a letter it is Alt")
    func escape() {
        #expect(decode("\u{1B}") == [.escape])
        #expect(decode("\u{1B}x") == [.alt("x")])
        #expect(decode("\u{1B}\u{1B}") == [.escape, .escape])
    }

    @Test("an escape sequence nobody knows is swallowed whole")
    func unknownSequences() {
        #expect(decode("\u{1B}[1;9qa") == [.character("a")])
        #expect(decode("\u{1B}[?62;22ca") == [.character("a")])
        #expect(decode("\u{1B}Oxa") == [.character("a")])
    }

    @Test("a paste is one key, with its line ends and without its keys' meaning")
    func paste() {
        var decoder = KeyDecoder()
        let first = decode([.pasteBegin, .scalar(113), .key(.enter)], with: &decoder)
        #expect(first == [] && decoder.isPasting)
        let second = decode([.scalar(13), .scalar(3), .pasteEnd, .scalar(113)], with: &decoder)
        #expect(second == [.paste("q\n\n\u{3}"), .character("q")])
        #expect(!decoder.isPasting)
    }

    @Test("a paste without an end can be ended, and one without bound is cut")
    func tornPaste() {
        var decoder = KeyDecoder()
        _ = decode([.pasteBegin, .scalar(65)], with: &decoder)
        #expect(decoder.endPaste() == .paste("A"))
        #expect(decoder.endPaste() == nil)
        var count = 0
        let keys = decoder.decode {
            count += 1
            return count == 1 ? .pasteBegin : count < 1_200_000 ? .scalar(65) : nil
        }
        #expect(keys == [])
        guard case .paste(let text) = decoder.endPaste() else {
            Issue.record("no paste")
            return
        }
        #expect(text.utf8.count == 1 << 20)
    }

    @Test("random input never leaves the decoder stuck")
    func randomInput() {
        var random = RandomSource(seed: 15)
        for _ in 0..<500 {
            var decoder = KeyDecoder()
            let raw = (0..<40).map { _ -> RawKey in
                switch random.int(0...5) {
                case 0: .scalar(27)
                case 1: .key(.up)
                case 2: .pasteBegin
                case 3: .pasteEnd
                case 4: .scalar(UInt32(random.int(0...0x11_FFFF)))
                default: .scalar(UInt32(random.int(0...127)))
                }
            }
            _ = decode(raw, with: &decoder)
            _ = decoder.endPaste()
            #expect(decode([.pasteEnd, .scalar(120)], with: &decoder) == [.character("x")])
        }
    }

    @Test(
        "names of keys read back as the keys they name",
        arguments: [
            Key.character("q"), .character("?"), .character(" "), .up, .pageDown, .backTab,
            .control("s"), .alt("x"), .function(12), .escape,
        ])
    func names(key: Key) {
        #expect(Key(name: key.description) == key)
    }

    @Test("what names no key is refused")
    func badNames() {
        for name in ["", "ctrl-", "ctrl-é", "f0", "f99", "qq", "\u{1B}", "alt-", "\n"] {
            #expect(Key(name: name) == nil, "\(name)")
        }
    }
}
