import Foundation
import Studies
import Testing

private typealias Fixture = StudyFixture

private func append(_ text: String, to path: String) throws {
    let handle = try #require(FileHandle(forWritingAtPath: path))
    defer { try? handle.close() }
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(text.utf8))
}

@Suite("A study's table")
struct StudyTableTests {
    private let run = StudyRunRecord(
        command: "popbench reproduce popalign", version: "1", commit: "abc", machine: "a CPU",
        kernel: "plain", started: "2026-01-01T00:00:00Z")

    @Test("what was appended is there when the table is opened again")
    func reopened() throws {
        try Fixture.withFolder { folder in
            let record = Fixture.record(
                "x", seed: 3, figures: ["kid": .nan, "vendi_score": 0.1],
                prompts: ["discrepancy_tone": ["a": 0.25, "b": nil]])
            do {
                let table = try StudyTable(folder: folder + "/new")
                try table.append(.run(run))
                try table.append(.evaluation(record))
            }
            let table = try StudyTable(folder: folder + "/new")
            #expect(table.notes.isEmpty && table.runs == [run])
            #expect(table.evaluations == [record] && table.evaluation(record.key) == record)
            #expect(table.evaluation("other") == nil)
            let text = try String(contentsOfFile: table.path, encoding: .utf8)
            let lines = text.split(separator: "\n")
            #expect(lines.count == 2 && lines[0].hasPrefix("{\"type\":\"run\","))
            #expect(try StudyTable(reading: folder + "/new").evaluations == [record])
        }
    }

    @Test("a table torn at any byte loses its last line only, and says so")
    func torn() throws {
        try Fixture.withFolder { folder in
            let records = (0..<3).map { Fixture.record("x", seed: UInt64($0)) }
            var path = ""
            do {
                let table = try StudyTable(folder: folder)
                path = table.path
                for record in records { try table.append(.evaluation(record)) }
            }
            let whole = try Data(contentsOf: URL(filePath: path))
            let second = whole.dropLast().lastIndex(of: 0x0A)! + 1
            for end in stride(from: second + 1, to: whole.count, by: 7) {
                try whole.prefix(end).write(to: URL(filePath: path))
                #expect(try StudyTable(reading: folder).evaluations == Array(records.prefix(2)))
                #expect(try Data(contentsOf: URL(filePath: path)).count == end)
                let table = try StudyTable(folder: folder)
                #expect(table.evaluations == Array(records.prefix(2)))
                #expect(table.notes.count == 1 && table.notes[0].contains("torn"))
                try table.append(.evaluation(records[2]))
                #expect(try Data(contentsOf: URL(filePath: path)) == whole)
            }
        }
    }

    @Test("damaged lines and lines of later versions are passed over by their number")
    func damaged() throws {
        try Fixture.withFolder { folder in
            let record = Fixture.record("x", seed: 1)
            var path = ""
            do {
                let table = try StudyTable(folder: folder)
                path = table.path
                try table.append(.run(run))
            }
            try append("{\"type\":\"evaluation\",\"key\":7}\n\n[]\n\u{FFFD}\n", to: path)
            try append("{\"type\":\"of the future\",\"x\":1}\n", to: path)
            let table = try StudyTable(folder: folder)
            #expect(table.notes.count == 4 && table.runs == [run] && table.evaluations.isEmpty)
            #expect(table.notes[0].hasPrefix("\(path):2: damaged"))
            #expect(table.notes[3].hasPrefix("\(path):6: a later popbench"))
            try table.append(.evaluation(record))
            #expect(table.evaluation(record.key) == record)
        }
    }

    @Test("two programs never write to one table")
    func locked() throws {
        try Fixture.withFolder { folder in
            let table = try StudyTable(folder: folder)
            let error = #expect(throws: StudyError.self) { try StudyTable(folder: folder) }
            #expect(error?.description.contains("another popbench") == true)
            // Reading needs no lock.
            #expect(try StudyTable(reading: folder).evaluations.isEmpty)
            withExtendedLifetime(table) {}
        }
    }

    @Test("a folder that cannot be one is an error that names it")
    func unusable() throws {
        try Fixture.withFolder { folder in
            try Data().write(to: URL(filePath: folder + "/file"))
            #expect(throws: StudyError.self) { try StudyTable(folder: folder + "/file") }
            let error = #expect(throws: StudyError.self) {
                try StudyTable(reading: folder + "/none")
            }
            #expect(error?.description.contains(folder + "/none") == true)
            try FileManager.default.createDirectory(
                atPath: folder + "/" + StudyTable.fileName, withIntermediateDirectories: true)
            #expect(throws: StudyError.self) { try StudyTable(folder: folder) }
        }
    }
}
