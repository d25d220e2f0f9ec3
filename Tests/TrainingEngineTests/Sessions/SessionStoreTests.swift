import BenchProtocol
import Foundation
import Testing
import TrainingEngine

@Suite("Session folders")
struct SessionStoreTests {
    private struct Refused: Error {}

    @Test("A new session is found with its recipe, name and folders")
    func creates() throws {
        let scratch = Scratch()
        let made = try SessionStore.create(
            at: "\(scratch.path)/deep/er/mine", recipe: .small, created: 12.5)
        let store = try SessionStore.open(at: "\(scratch.path)/deep/er/mine")
        #expect(store.path == made.path)
        #expect(try store.record() == SessionStore.Record(name: "mine", created: 12.5))
        var expected = Recipe.small
        expected.session.name = "mine"
        #expect(try store.recipe() == expected)
        for folder in [store.populationsPath, store.samplesPath, store.checkpoints.path] {
            #expect(DurableFile.isFolder(folder))
        }
        var record = try store.record()
        record.notes = "a note"
        record.tags = ["fair"]
        try store.write(record)
        #expect(try store.record() == record)
    }

    @Test("A folder with other things in it, or a session, is left alone")
    func refusesFolders() throws {
        let scratch = Scratch()
        try scratch.write("home/letter.txt", "dear")
        let error = try #require(throws: SessionError.self) {
            try SessionStore.create(at: "\(scratch.path)/home", recipe: .small, created: 0)
        }
        #expect("\(error)".contains("letter.txt"))
        #expect(!scratch.has("home/recipe.toml"))
        _ = try SessionStore.create(at: "\(scratch.path)/a", recipe: .small, created: 0)
        #expect(throws: SessionError.self) {
            try SessionStore.create(at: "\(scratch.path)/a", recipe: .small, created: 0)
        }
        #expect(throws: SessionError.badName(".hidden")) {
            try SessionStore.create(at: "\(scratch.path)/.hidden", recipe: .small, created: 0)
        }
        try scratch.write("file", "")
        #expect(throws: SessionError.self) {
            try SessionStore.create(at: "\(scratch.path)/file", recipe: .small, created: 0)
        }
    }

    @Test("Whatever action of making a session fails, there is none, and making it again works")
    func everyFailure() throws {
        var number = 1
        while true {
            let scratch = Scratch()
            let path = "\(scratch.path)/s"
            let counter = Counter()
            let failing = number
            do {
                _ = try SessionStore.create(
                    at: path, recipe: .small, created: 0,
                    probe: { _, _ in if counter.next() >= failing { throw Refused() } })
            } catch is Refused {}
            if counter.count < number { break }
            if !SessionStore.isSession(path) {
                _ = try SessionStore.create(at: path, recipe: .small, created: 0)
            }
            let store = try SessionStore.resume(at: path).store
            #expect(try store.recipe().lanes == Recipe.small.lanes)
            #expect(try DurableFile.names(in: path).allSatisfy { !$0.hasSuffix(".partial") })
            number += 1
        }
        #expect(number > 8)
    }

    @Test("A folder without a record, with a broken one or a newer one says which")
    func badRecords() throws {
        let scratch = Scratch()
        #expect(throws: SessionError.self) { try SessionStore.open(at: scratch.path) }
        try scratch.write("a/session.json", "{")
        let broken = try #require(throws: SessionError.self) {
            try SessionStore.open(at: "\(scratch.path)/a")
        }
        #expect("\(broken)".contains("damaged"))
        try scratch.write("b/session.json", "{\"format\": 7, \"title\": 3}")
        #expect(
            throws: SessionError.newerFormat(path: "\(scratch.path)/b", version: 7, known: 1)
        ) { try SessionStore.open(at: "\(scratch.path)/b") }
    }

    @Test("The list has step, lanes, size and last save, newest first, and names what is broken")
    func lists() throws {
        let scratch = Scratch()
        #expect(try SessionStore.list(in: "\(scratch.path)/none") == [])
        let old = try SessionStore.create(at: "\(scratch.path)/old", recipe: .small, created: 10)
        _ = try SessionStore.create(at: "\(scratch.path)/fresh", recipe: .small, created: 20)
        _ = try old.save(
            step: 40, contents: [.init(name: "w", bytes: .init(repeating: 1, count: 9000))],
            recipe: .small, created: 30)
        try scratch.write("odd/session.json", "[]")
        try scratch.write("starter.toml", "")
        try scratch.write("not-one/readme", "")
        try scratch.write(".hidden/session.json", "{}")
        let list = try SessionStore.list(in: scratch.path)
        #expect(list.map(\.name) == ["old", "fresh", "not-one", "odd"])
        #expect(list[0].step == 40)
        #expect(list[0].endStep == 400)
        #expect(list[0].lastSaved == 30)
        #expect(list[0].lanes == ["popalign"])
        #expect(list[0].bytes > 9000)
        #expect(list[1].lastSaved == nil)
        #expect(list[1].problem == nil)
        #expect(list[0].checkpoints == [40])
        #expect(list[2].problem?.contains("no session.json") == true)
        #expect(list[3].problem?.contains("damaged") == true)
    }

    @Test("Reading refuses what is not a file, and what is larger than it may be")
    func reading() throws {
        let scratch = Scratch()
        try scratch.write("five", "12345")
        #expect(try DurableFile.read("\(scratch.path)/five", limit: 5) == Array("12345".utf8))
        #expect(
            throws: SessionError.tooLarge(path: "\(scratch.path)/five", bytes: 5, limit: 4)
        ) { try DurableFile.read("\(scratch.path)/five", limit: 4) }
        #expect(mkfifo("\(scratch.path)/pipe", 0o600) == 0)
        #expect(throws: SessionError.notAFile(path: "\(scratch.path)/pipe")) {
            try DurableFile.read("\(scratch.path)/pipe", limit: 5)
        }
    }
}
