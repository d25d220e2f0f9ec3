import Foundation
import Pictures
import Populations
import TensorCore
import Testing

@Suite("Image folders")
struct ImageFolderTests {
    /// Makes a folder with pictures `a.png` and `sub/b.png` and a table.
    private func withTable<Value>(
        _ table: String, named name: String = "metadata.csv", _ body: (String) throws -> Value
    ) throws -> Value {
        try withFolder { root in
            let folder = root + "/set"
            try FileManager.default.createDirectory(
                atPath: folder + "/sub", withIntermediateDirectories: true)
            try noisePicture(width: 48, height: 40, seed: 1).writePNG(to: folder + "/a.png")
            try noisePicture(width: 32, height: 32, seed: 2).writePNG(to: folder + "/sub/b.png")
            try StoredFile.replace(folder + "/" + name, with: Array(table.utf8))
            return try body(folder)
        }
    }

    private func error(of table: String, named name: String = "metadata.csv") throws
        -> ImageFolderError?
    {
        try withTable(table, named: name) { folder in
            #expect(throws: ImageFolderError.self) { try ImageFolder(reading: folder) }
        }
    }

    @Test("a set comes back from its folder, texts and pictures alike, whatever is in the texts")
    func roundTrip() throws {
        let texts = [
            "a judge", "", "a, b", "\"quoted\"", "two\nlines", "\r\n", " padded ", "ü \u{1F600}",
        ]
        let contents = texts.enumerated().map { index, text in
            (
                entry: ImageFolder.Entry(
                    fileName: "\(index)/p.png", text: text, attributes: ["mood": text + "!"]),
                picture: noisePicture(width: 32, height: 32, seed: UInt64(index))
            )
        }
        try withFolder { root in
            let path = root + "/made"
            try ImageFolder.save(contents, columns: ["mood"], to: path + "/")
            let folder = try ImageFolder(reading: path)
            #expect(folder.entries.map(\.text) == texts)
            #expect(folder.entries.map { $0.attributes["mood"] } == texts.map { $0 + "!" })
            for (entry, item) in zip(folder.entries, contents) {
                #expect(try folder.picture(of: entry) == item.picture)
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: root) == ["made"])
        }
    }

    @Test("both forms of table read alike, and pictures of another size become 32 x 32")
    func bothForms() throws {
        let csv =
            "\u{FEFF}text,file_name,mood\r\n\"a \"\"good\"\" judge\",a.png,3\r\n\r\na cook,sub/b.png,\r\n"
        let lines = """
            {"file_name": "a.png", "text": "a \\"good\\" judge", "mood": 3}

            {"text": "a cook", "file_name": "sub/b.png", "mood": "", "rest": null}
            """
        for (table, name) in [(csv, "metadata.csv"), (lines, "metadata.jsonl")] {
            try withTable(table, named: name) { path in
                let folder = try ImageFolder(reading: path)
                #expect(folder.entries.map(\.text) == ["a \"good\" judge", "a cook"])
                #expect(folder.entries.map { $0.attributes["mood"] } == ["3", ""])
                #expect(folder.entries[1].attributes["rest"] == nil)
                let square = try folder.squarePicture(of: folder.entries[0])
                #expect((square.width, square.height) == (32, 32))
                let other = try folder.squarePicture(of: folder.entries[1])
                #expect(other == noisePicture(width: 32, height: 32, seed: 2))
            }
        }
    }

    @Test("an unterminated quote is refused with the line where it opens")
    func unterminatedQuote() throws {
        let error = try error(of: "file_name,text\na.png,fine\nsub/b.png,\"a judge\nand more\n")
        guard case .malformed(_, 3, let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains("never closes"))
    }

    @Test(
        "a broken row is refused with its line",
        arguments: [
            "a.png", "a.png,x,y", "a.png,a \"b\" c", "a.png,\"a\" b", "\"a.png\"x,b",
        ])
    func brokenRow(_ row: String) throws {
        let error = try error(of: "file_name,text\n\n\"sub/b.png\",\"two\nlines\"\n\(row)\n")
        guard case .malformed(let table, 5, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(table.hasSuffix("set/metadata.csv"))
    }

    @Test("a missing column, an empty table and a doubled column are refused")
    func columns() throws {
        guard case .missingColumn(_, 1, "text") = try error(of: "file_name,caption\na.png,x\n"),
            case .missingColumn(_, 1, "file_name") = try error(of: ""),
            case .missingColumn(_, 2, "file_name") = try error(of: "file_name,text\n,x\n"),
            case .malformed(_, 1, _) = try error(of: "file_name,text,text\na.png,x,y\n"),
            case .missingColumn(_, 2, "text") = try error(
                of: "{\"file_name\": \"a.png\", \"text\": \"\"}\n{\"file_name\": \"sub/b.png\"}",
                named: "metadata.jsonl")
        else {
            Issue.record("another error")
            return
        }
    }

    @Test(
        "a name that leads out of the folder is refused",
        arguments: [
            "../outside.png", "/etc/passwd", "sub/../../outside.png", "sub/..", "./a.png",
            "sub//b.png",
            "link.png", "linked/outside.png",
        ])
    func traversal(_ name: String) throws {
        try withTable("file_name,text\nsub/b.png,fine\n\(name),x\n") { folder in
            let root = folder + "/.."
            try noisePicture(width: 4, height: 4, seed: 3).writePNG(to: root + "/outside.png")
            try FileManager.default.createSymbolicLink(
                atPath: folder + "/link.png", withDestinationPath: "../outside.png")
            try FileManager.default.createSymbolicLink(
                atPath: folder + "/linked", withDestinationPath: "..")
            let error = #expect(throws: ImageFolderError.self) { try ImageFolder(reading: folder) }
            #expect(
                error
                    == .outside(table: folder + "/metadata.csv", line: 3, fileName: name))
        }
    }

    @Test("a missing file, a doubled one and a damaged one are named with their lines")
    func files() throws {
        try withTable("file_name,text\na.png,x\nnone.png,y\n") { folder in
            let table = folder + "/metadata.csv"
            #expect(
                throws: ImageFolderError.missingPicture(
                    table: table, line: 3, fileName: "none.png")
            ) { try ImageFolder(reading: folder) }
        }
        try withTable("file_name,text\na.png,x\nsub/b.png,x\na.png,y\n") { folder in
            let table = folder + "/metadata.csv"
            #expect(
                throws: ImageFolderError.duplicate(
                    table: table, line: 4, firstLine: 2, fileName: "a.png")
            ) { try ImageFolder(reading: folder) }
        }
        try withTable("file_name,text\na.png,x\nsub,y\n") { path in
            try StoredFile.replace(path + "/a.png", with: Array("no picture".utf8))
            let folder = try ImageFolder(reading: path)
            for entry in folder.entries {
                let error = #expect(throws: ImageFolderError.self) {
                    try folder.squarePicture(of: entry)
                }
                #expect(error?.description.contains("metadata.csv:\(entry.line)") == true)
                #expect(error?.description.contains(entry.fileName) == true)
            }
        }
    }

    @Test(
        "a JSON line that is no flat object is refused with its line",
        arguments: [
            "[1]", "{\"file_name\": ", "{\"file_name\": \"a.png\", \"text\": [1]}", "7", "nonsense",
        ])
    func jsonLines(_ line: String) throws {
        let first = "{\"file_name\": \"sub/b.png\", \"text\": \"x\"}\n\n"
        guard case .malformed(_, 3, _) = try error(of: first + line, named: "metadata.jsonl") else {
            Issue.record("another error")
            return
        }
    }

    @Test("a folder without a table, with two tables or with a table that is no text is refused")
    func tables() throws {
        try withTable("file_name,text\n") { folder in
            #expect(throws: ImageFolderError.noTable(folder: folder + "/sub")) {
                try ImageFolder(reading: folder + "/sub")
            }
            try StoredFile.replace(folder + "/metadata.jsonl", with: [])
            #expect(throws: ImageFolderError.twoTables(folder: folder)) {
                try ImageFolder(reading: folder)
            }
            try FileManager.default.removeItem(atPath: folder + "/metadata.jsonl")
            try StoredFile.replace(folder + "/metadata.csv", with: [0x66, 0xC3, 0x28])
            #expect(throws: ImageFolderError.notText(table: folder + "/metadata.csv")) {
                try ImageFolder(reading: folder)
            }
        }
    }

    @Test("saving never destroys what it did not make, nor writes outside its folder")
    func savingIsCareful() throws {
        let picture = noisePicture(width: 2, height: 2, seed: 5)
        try withFolder { root in
            let taken = root + "/taken"
            try FileManager.default.createDirectory(
                atPath: taken, withIntermediateDirectories: true)
            try StoredFile.replace(taken + "/diary.txt", with: [1])
            let item = (entry: ImageFolder.Entry(fileName: "a.png", text: ""), picture: picture)
            #expect(throws: ImageFolderError.occupied(folder: taken, by: "diary.txt")) {
                try ImageFolder.save([item], to: taken)
            }
            #expect(try StoredFile.read(taken + "/diary.txt", limit: 9) == [1])
            for name in ["../a.png", "/a.png", "metadata.csv", ""] {
                let item = (entry: ImageFolder.Entry(fileName: name, text: ""), picture: picture)
                #expect(throws: ImageFolderError.self) {
                    try ImageFolder.save([item], to: root + "/new")
                }
            }
            #expect(throws: ImageFolderError.self) {
                try ImageFolder.save([item, item], to: root + "/new")
            }
            #expect(throws: ImageFolderError.self) {
                try ImageFolder.save([item], to: taken + "/diary.txt/below")
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: root) == ["taken"])
        }
    }

    @Test("comma-separated rows of any text come back, and random bytes never crash the reader")
    func commaSeparatedProperty() throws {
        var numbers = seededNumbers(70)
        let pieces = ["a", ",", "\"", "\n", "\r", "\r\n", " ", "ü", "\u{1F600}", "\u{FEFF}", "\0"]
        for _ in 0..<2_000 {
            func field() -> String {
                (0..<numbers.index(below: 6)).map { _ in pieces[numbers.index(below: pieces.count)]
                }
                .joined()
            }
            let rows = (0..<(1 + numbers.index(below: 4))).map { row in
                ["row \(row)"] + (0..<numbers.index(below: 4)).map { _ in field() }
            }
            #expect(
                try CommaSeparated.rows(of: CommaSeparated.text(of: rows)).map(\.fields) == rows)
            let noise = (0..<12).map { _ in field() }.joined()
            do {
                _ = try CommaSeparated.rows(of: noise)
            } catch {
                #expect(error is CommaSeparated.Fault)
            }
        }
    }
}
