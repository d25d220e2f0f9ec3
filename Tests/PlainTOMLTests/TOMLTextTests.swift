import PlainTOML
import Testing

@Suite("Writing TOML")
struct TOMLTextTests {
    @Test("Any text, as a value or as a key, is read as what was written")
    func roundTrip() throws {
        var random = SplitMix64(seed: 11)
        for _ in 0..<500 {
            let text = anyText(&random)
            let key = anyText(&random)
            let table = try TOMLParser.parse(
                "list = \(TOMLText.array([text, key, text]))\n"
                    + "\(TOMLText.key(["keys", key])) = \(TOMLText.quoted(text))\n")
            guard case .table(let inner) = table["keys"] else {
                Issue.record("no table for \(key.debugDescription)")
                continue
            }
            #expect(inner.keys == [key])
            #expect(inner[key] == .string(text))
            #expect(table["list"] == .array([.string(text), .string(key), .string(text)]))
        }
    }

    @Test("What is written holds no control characters")
    func controls() {
        var all = ""
        for code in 0..<0x100 {
            if let scalar = Unicode.Scalar(code) { all.unicodeScalars.append(scalar) }
        }
        for text in [TOMLText.quoted(all), TOMLText.key([all, all]), TOMLText.choices([all])] {
            let controls = text.unicodeScalars.filter {
                $0.value < 0x20 || (0x7F...0x9F).contains($0.value)
            }
            #expect(controls.isEmpty)
        }
    }

    @Test("Keys are quoted only where they have to be")
    func keys() {
        #expect(TOMLText.key(["lane", "learning_rate-2"]) == "lane.learning_rate-2")
        #expect(TOMLText.key(["a b", "", "c.d", "é"]) == #""a b".""."c.d"."é""#)
    }

    @Test("Lists of choices read as a sentence does")
    func choices() {
        #expect(TOMLText.choices(["a"]) == "\"a\"")
        #expect(TOMLText.choices(["a", "b", "c"]) == "\"a\", \"b\" or \"c\"")
    }

    private func anyText(_ random: inout SplitMix64) -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0...12, using: &random) {
            let limit: UInt32 = Bool.random(using: &random) ? 0x100 : 0x11_0000
            let code = UInt32.random(in: 0..<limit, using: &random)
            // Surrogates are no characters.
            if let scalar = Unicode.Scalar(code) { text.unicodeScalars.append(scalar) }
        }
        return text
    }
}
