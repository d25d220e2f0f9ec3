import Foundation
import ModelStore
import Testing

@Suite("JSON")
struct JSONTests {
    private func parse(_ text: String) throws -> JSONValue {
        try JSONValue.parse(Array(text.utf8), file: "text")
    }

    @Test("values of every kind are read")
    func values() throws {
        let text =
            #"{"n": null, "t":true,"f" :false,"i":-12,"r":1e-05,"s":"a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00é","l":[1,[],{}]}"#
        let members = try #require(try parse(text).members)
        #expect(members.keys == ["n", "t", "f", "i", "r", "s", "l"])
        #expect(members["n"] == .null)
        #expect(members["t"] == .flag(true))
        #expect(members["i"] == .integer(-12))
        #expect(members["r"] == .real(1e-5))
        #expect(members["s"] == .string("a\"\\/\u{8}\u{C}\n\r\t\u{e9}\u{1F600}\u{e9}"))
        #expect(members["l"] == .array([.integer(1), .array([]), .object([:])]))
        #expect(try parse("1.0").integer == 1)
        #expect(try parse("1000000000000000019884624838656").integer == nil)
    }

    @Test(
        "what is not JSON is refused",
        arguments: [
            "", " ", "{", "[1,]", "{\"a\":1,}", "{a:1}", "'a'", "\"a", "01", "1.", ".5", "+1", "-",
            "1e", "NaN", "Infinity", "1e999", "nul", "true false", "\"\u{1}\"", #""\x""#,
            #""\u12""#,
            #""\ud800\u0041""#, #""\udc00""#, "[1 2]", "{\"a\" 1}", "\u{FEFF}{}",
        ])
    func refused(text: String) {
        let error = #expect(throws: ModelStoreError.self) { try parse(text) }
        #expect(error?.kind == .malformed)
    }

    @Test("a key that occurs twice is named")
    func duplicate() {
        let error = #expect(throws: ModelStoreError.self) { try parse(#"{"a":{"b":1,"b":1}}"#) }
        #expect(error?.kind == .duplicateName)
        #expect(error?.subject == "b")
    }

    @Test("random values survive writing and reading, in both forms")
    func roundTrip() throws {
        var numbers = SeededNumbers(5)
        for _ in 0..<300 {
            let value = random(&numbers, depth: 0)
            #expect(try parse(value.compactText) == value)
            #expect(try parse(value.indentedText) == value)
        }
    }

    @Test("random values survive Foundation's encoder and decoder")
    func codable() throws {
        var numbers = SeededNumbers(6)
        for _ in 0..<100 {
            let value = random(&numbers, depth: 0)
            let data = try JSONEncoder().encode(["value": value])
            #expect(
                try JSONDecoder().decode([String: JSONValue].self, from: data)["value"] == value)
        }
    }

    @Test("nesting is limited instead of exhausting the stack")
    func nesting() {
        for text in [
            String(repeating: "[", count: 1 << 20), String(repeating: "{\"\":", count: 9999),
        ] {
            #expect(throws: ModelStoreError.self) { try parse(text) }
        }
    }

    private func random(_ numbers: inout SeededNumbers, depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth < 4 ? 8 : 6), using: &numbers) {
        case 0: return .null
        case 1: return .flag(Bool.random(using: &numbers))
        case 2: return .integer(Int.random(in: -(1 << 53)...(1 << 53), using: &numbers))
        case 3: return .real(Double.random(in: -1...1, using: &numbers) * 1e-3)
        case 4, 5: return .string(text(&numbers))
        case 6:
            return .array(
                (0..<Int.random(in: 0..<4, using: &numbers)).map { _ in
                    random(&numbers, depth: depth + 1)
                })
        default:
            var members = JSONObject()
            for _ in 0..<Int.random(in: 0..<4, using: &numbers) {
                members[text(&numbers)] = random(&numbers, depth: depth + 1)
            }
            return .object(members)
        }
    }

    private func text(_ numbers: inout SeededNumbers) -> String {
        let alphabet: [Unicode.Scalar] = [
            "a", "\"", "\\", "\n", "\u{0}", "\u{1F}", "é", "語", "\u{1F600}", "/",
        ]
        var result = ""
        for _ in 0..<Int.random(in: 0..<6, using: &numbers) {
            result.unicodeScalars.append(alphabet.randomElement(using: &numbers)!)
        }
        return result
    }
}
