import PlainTOML
import Testing

@Suite("TOML")
struct TOMLParserTests {
    @Test("Every kind of value reads as what it is")
    func values() throws {
        let table = try TOMLParser.parse(
            #"""
            # comment with a tab	in it
            int = +1_000
            hex = 0xdead_BEEF
            oct = 0o755
            bin = 0b1101
            low = -9223372036854775808
            float = -3.14e-2
            power = 5e+22
            big = 1_0.0_1
            zero = -0.0
            inf = -inf
            yes = true # and a comment
            date = 1979-05-27T07:32:00Z
            spaced = 1979-05-27 07:32:00.5
            time = 07:32:00
            basic = "tab\t quote\" \u00e9 \U0001F9D1 \\"
            literal = 'C:\no\escape'
            long = """
            one
            two \
               three ""quotes"""""
            raw = '''
            a'b''c\'''
            empty = """"""
            array = [
                1, [2, "x"], # inside
                { a.b = 1, c = {} },
            ]
            "quoted key" . 'x' . 3 = 'v'
            """#)
        #expect(table["int"] == .integer(1000))
        #expect(table["hex"] == .integer(0xDEAD_BEEF))
        #expect(table["oct"] == .integer(0o755))
        #expect(table["bin"] == .integer(13))
        #expect(table["low"] == .integer(.min))
        #expect(table["float"] == .number(-0.0314))
        #expect(table["power"] == .number(5e22))
        #expect(table["big"] == .number(10.01))
        #expect(table["zero"]?.asNumber?.sign == .minus)
        #expect(table["inf"] == .number(-.infinity))
        #expect(table["yes"] == .boolean(true))
        #expect(table["date"] == .date("1979-05-27T07:32:00Z"))
        #expect(table["spaced"] == .date("1979-05-27 07:32:00.5"))
        #expect(table["time"] == .date("07:32:00"))
        #expect(table["basic"] == .string("tab\t quote\" é 🧑 \\"))
        #expect(table["literal"] == .string("C:\\no\\escape"))
        #expect(table["long"] == .string("one\ntwo three \"\"quotes\"\""))
        #expect(table["raw"] == .string("a'b''c\\"))
        #expect(table["empty"] == .string(""))
        guard case .array(let array) = table["array"] else {
            Issue.record("no array")
            return
        }
        #expect(Array(array[..<2]) == [.integer(1), .array([.integer(2), .string("x")])])
        guard case .table(let inline) = array[2] else {
            Issue.record("no inline table")
            return
        }
        #expect(inline.keys == ["a", "c"])
        guard case .table(let quoted) = table["quoted key"], case .table(let inner) = quoted["x"]
        else {
            Issue.record("no dotted table")
            return
        }
        #expect(inner["3"] == .string("v"))
    }

    @Test("Tables, their parts and arrays of tables are put together, each with its line")
    func tables() throws {
        let table = try TOMLParser.parse(
            "\u{FEFF}[a.b]\r\nx = 1\r\n[a]\r\ny = 2\r\n[[l]]\nn = 1\n[l.sub]\nz = 1\n[[l]]\nn = 2\n"
        )
        guard case .table(let a) = table["a"], case .table(let b) = a["b"],
            case .array(let list) = table["l"], case .table(let first) = list.first,
            case .table(let last) = list.last, case .table(let sub) = first["sub"]
        else {
            Issue.record("\(table)")
            return
        }
        #expect(b["x"] == .integer(1))
        #expect(b.line(of: "x") == 2)
        #expect(a["y"] == .integer(2))
        #expect(a.line(of: "y") == 4)
        #expect(first.line == 5)
        #expect(sub.line(of: "z") == 8)
        #expect(list.count == 2)
        #expect(last.line(of: "n") == 10)
        #expect(last.line(of: "missing") == 9)
    }

    @Test(
        "What TOML forbids is an error in its line",
        arguments: [
            ("a = 1\na = 2", 2), ("[a]\n[a]", 2), ("a.b = 1\n[a]", 2), ("a = {}\na.b = 1", 2),
            ("a = {}\n[a.b]", 2), ("[[a]]\n[a]", 2), ("a = []\n[[a]]", 2), ("[a]\n[[a]]", 2),
            ("[a.b]\n[a]\nb.c = 1", 3), ("a = 1\n[a.b]", 2), ("a", 1), ("= 1", 1), ("a =", 1),
            ("a = \nb = 1", 1), ("a = 1 b = 2", 1), ("a = ]", 1), ("a = ,", 1), ("[]", 1),
            ("[=]", 1),
            ("[a", 1), ("[[a]", 1), ("[a]]", 1), ("[ [a]]", 1), ("[a.]", 1), ("\n[.a]", 2),
            ("a. = 1", 1),
            ("a = 01", 1), ("a = 1__0", 1), ("a = _1", 1), ("a = 1.", 1), ("a = .5", 1),
            ("a = 1e", 1), ("a = 0x", 1), ("a = +0x1", 1), ("a = 0b2", 1), ("a = truely", 1),
            ("a = word", 1), ("a = 9223372036854775808", 1), ("a = \"x", 1), ("a = 'x\n'", 1),
            ("a = \"\\q\"", 1), ("a = \"\\uD800\"", 1), ("a = \"\\u12\"", 1), ("a = \"\u{1}\"", 1),
            ("a = \"\"\"x", 1), ("a = \"\"\"\nx\\y\"\"\"", 2), ("# \u{7F}", 1), ("a = 1\rb = 2", 1),
            ("a = [1 2]", 1), ("a = [1\n\n", 1), ("a = [,]", 1), ("a = {b = 1,}", 1),
            ("a = {b = 1\n}", 1), ("\"\"\"a\"\"\" = 1", 1), ("a = {b = 1, b = 2}", 1),
            ("\u{A0}a = 1", 1),
            ("a = 1979-13", 1),
        ])
    func forbidden(text: String, line: Int) throws {
        let error = try #require(throws: TOMLError.self) { try TOMLParser.parse(text) }
        #expect(error.line == line, "\(error)")
    }

    @Test("Nesting ends in an error, not in the end of the stack")
    func nesting() {
        let long = String(repeating: "a.", count: 63) + "a"
        for text in [
            "a = " + String(repeating: "[", count: 100_000),
            "a = " + String(repeating: "{a=", count: 50_000),
            "a = " + String(repeating: "{\(long)=", count: 60) + "1"
                + String(repeating: "}", count: 60),
            String(repeating: "a.", count: 100_000) + "a = 1",
            "[" + String(repeating: "a.", count: 100_000) + "a]",
        ] {
            #expect(throws: TOMLError.self) { try TOMLParser.parse(text) }
        }
    }

    @Test("The deepest texts that are read give all their values")
    func depth() throws {
        let part = String(repeating: "a.", count: 62) + "a"
        let text = "[[\(part)]]\n\(part) = {\(part) = 7}"
        var value = TOMLValue.table(try TOMLParser.parse(text))
        var depth = 0
        while true {
            if case .array(let values) = value, values.count == 1 { value = values[0] }
            guard case .table(let table) = value, let next = table["a"] else { break }
            value = next
            depth += 1
        }
        #expect(depth == 3 * 63)
        #expect(value == .integer(7))
    }

    @Test("A hundred thousand tables of one name are read in the order of the text")
    func manyTables() throws {
        let count = 100_000
        let table = try TOMLParser.parse(String(repeating: "[[a]]\n", count: count))
        guard case .array(let values) = table["a"] else {
            Issue.record("no array of tables")
            return
        }
        let lines = values.map { if case .table(let table) = $0 { table.line } else { 0 } }
        #expect(lines == Array(1...count))
    }

    @Test("Soups of TOML's signs end with a table or with an error in one of their lines")
    func soups() {
        let signs = [
            "[", "]", "[[", "]]", "\"", "'", "\"\"\"", "'''", "#", ".", "=", "{", "}", "\n", "\r\n",
            "\r", ",", "0", "0x", "e", "-", "_", "a", "b = 1\n", " ", "\\", "\\u00e9", "\u{FEFF}",
            "\u{A0}", "\t", "true", "1979-05-27", "inf", "\u{7F}", "\u{0}", "é", "🧑",
        ]
        var random = SplitMix64(seed: 7)
        var tables = 0
        for _ in 0..<3000 {
            let text = (0..<Int.random(in: 1...24, using: &random))
                .map { _ in signs[Int.random(in: 0..<signs.count, using: &random)] }.joined()
            let lines = 1 + text.utf8.filter { $0 == UInt8(ascii: "\n") }.count
            do {
                _ = try TOMLParser.parse(text)
                tables += 1
            } catch {
                #expect((1...lines).contains(error.line), "\(error) in \(text)")
                #expect(!error.reason.isEmpty)
            }
        }
        #expect(tables > 0)
    }
}
