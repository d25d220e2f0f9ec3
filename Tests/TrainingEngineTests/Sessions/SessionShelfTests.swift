import BenchProtocol
import Foundation
import Testing
import TrainingEngine

@Suite("Sessions renamed, deleted, annotated and exported")
struct SessionShelfTests {
    private let scratch = Scratch()

    private var locations: Locations {
        Locations(
            environment: [
                "XDG_DATA_HOME": "\(scratch.path)/data", "HOME": scratch.path,
                "XDG_CONFIG_HOME": "\(scratch.path)/config",
            ], currentFolder: scratch.path, executable: nil)
    }

    private func session(_ name: String) throws -> SessionStore {
        try SessionStore.create(
            at: "\(locations.sessions)/\(name)", recipe: .small, created: 1)
    }

    /// Holds a session's lock as an engine does.
    private func withEngine(_ store: SessionStore, _ body: () throws -> Void) throws {
        let file = open("\(store.path)/engine.lock", O_RDWR | O_CREAT, 0o600)
        #expect(flock(file, LOCK_EX | LOCK_NB) == 0)
        _ = "4711\n".withCString { write(file, $0, 5) }
        defer { close(file) }
        try body()
    }

    @Test("A deleted session is in no list, and comes back as it was")
    func trash() throws {
        let store = try session("a")
        try store.annotate(note: "keep me")
        let gone = try SessionStore.trash(store.path, into: locations.trash, now: 1234.5)
        #expect(gone.name == "a" && gone.trashed == 1234)
        #expect(try SessionStore.list(in: locations.sessions).isEmpty)
        #expect(SessionStore.trashed(in: locations.trash) == [gone])
        let path = try SessionStore.restore(gone, to: locations)
        #expect(path == store.path && SessionStore.trashed(in: locations.trash).isEmpty)
        #expect(try SessionStore.open(at: path).record().notes == "keep me")
    }

    @Test("Where the name is taken meanwhile, it comes back under the next one, record and all")
    func restoresBeside() throws {
        let first = try SessionStore.trash(
            try session("a").path, into: locations.trash, now: 10)
        let second = try SessionStore.trash(
            try session("a").path, into: locations.trash, now: 10)
        #expect(first.path != second.path && second.name == "a")
        _ = try session("a")
        let path = try SessionStore.restore(first, to: locations)
        #expect(path.hasSuffix("/a-2"))
        let store = try SessionStore.open(at: path)
        #expect(try store.record().name == "a-2" && store.recipe().session.name == "a-2")
    }

    @Test("A session with an engine is neither deleted nor renamed, but may be noted on")
    func running() throws {
        let store = try session("busy")
        try withEngine(store) {
            let expected = SessionError.running(path: store.path, process: 4711)
            #expect(throws: expected) {
                try SessionStore.trash(store.path, into: locations.trash, now: 0)
            }
            #expect(throws: expected) { try SessionStore.rename(store.path, to: "idle") }
            try store.annotate(tags: ["x"])
        }
        #expect(try SessionStore.rename(store.path, to: "idle").hasSuffix("/idle"))
    }

    @Test("A torn folder can be deleted, what is not there cannot")
    func torn() throws {
        try scratch.write("data/popbench/sessions/torn/session.json", "{")
        let path = "\(locations.sessions)/torn"
        let gone = try SessionStore.trash(path, into: locations.trash, now: .nan)
        #expect(gone.trashed == 0 && !DurableFile.isFolder(path))
        #expect(try SessionStore.restore(gone, to: locations) == path)
        #expect(throws: SessionError.self) {
            try SessionStore.trash("\(path)-not", into: locations.trash, now: 0)
        }
    }

    @Test("Renaming changes folder, record and recipe, and takes no name that is taken or none")
    func renames() throws {
        let store = try session("old")
        _ = try session("other")
        #expect(throws: SessionError.taken(path: "\(locations.sessions)/other")) {
            try SessionStore.rename(store.path, to: "other")
        }
        for bad in ["", "a/b", "..", ".x", String(repeating: "x", count: 49)] {
            #expect(throws: SessionError.badName(bad)) {
                try SessionStore.rename(store.path, to: bad)
            }
        }
        let renamed = try SessionStore.open(at: try SessionStore.rename(store.path, to: "new"))
        #expect(try renamed.record().name == "new" && renamed.recipe().session.name == "new")
        #expect(!DurableFile.isFolder(store.path))
    }

    @Test("Notes and tags are kept plain, short and once each")
    func annotations() throws {
        let store = try session("a")
        try store.annotate(
            note: " two\nlines \u{1B}[31m ", tags: ["b", "", "a, b", "b", "\u{7}bell"])
        let record = try store.record()
        #expect(record.notes == "two lines  [31m")
        #expect(record.tags == ["b", "ab", "bell"])
        try store.annotate(
            note: String(repeating: "x", count: 9999), tags: (0..<99).map { "t\($0)" })
        #expect(try store.record().notes.count == SessionStore.longestNote)
        #expect(try store.record().tags.count == SessionStore.mostTags)
    }

    @Test("An export has every step and figure as CSV and JSON, and says where the weights are")
    func exports() throws {
        let store = try session("a")
        let metrics = try MetricsStore(path: store.metricsPath)
        var row = StepMetrics(lane: "popalign", step: 1)
        row.loss = 0.25
        row.margin = .infinity
        metrics.record(row)
        metrics.record(
            Evaluation(
                lane: "popalign", step: 1,
                figures: [.init(name: "discrepancy_gender", value: 0.5, low: .nan, high: 1, n: 3)]))
        try metrics.close()
        _ = try store.save(
            step: 1, contents: [.init(name: "lanes/popalign.safetensors", bytes: [1, 2, 3])],
            recipe: .small, created: 2)
        let folder = "\(scratch.path)/out/a"
        let names = try store.export(to: folder, withWeights: true, now: 3)
        #expect(try DurableFile.names(in: folder).count == 8)
        #expect(names.contains("weights/popalign.safetensors"))
        func text(_ name: String) throws -> String {
            String(
                decoding: try DurableFile.read("\(folder)/\(name)", limit: 1 << 20), as: UTF8.self)
        }
        let curves = try text("curves.csv").split(separator: "\n", omittingEmptySubsequences: false)
        #expect(curves[0].hasPrefix("lane,step,loss,implicit_accuracy,margin"))
        #expect(curves[1].hasPrefix("popalign,1,0.25,") && curves.count == 3)
        let json = try JSONSerialization.jsonObject(with: Data(try text("curves.json").utf8))
        let first = try #require((json as? [[String: Any]])?.first)
        #expect(first["loss"] as? Double == 0.25 && first["margin"] is NSNull)
        #expect(try text("evaluations.csv").contains("popalign,1,discrepancy_gender,0.5,,1,3\n"))
        #expect(try text("contents.json").contains("\"checkpoint_step\" : 1"))
        #expect(throws: SessionError.taken(path: folder)) { try store.export(to: folder, now: 3) }

        let archive = "\(scratch.path)/out/a.tar"
        try store.export(to: archive, now: 3)
        let bytes = try DurableFile.read(archive, limit: 1 << 20)
        #expect(bytes.count % 512 == 0)
        let found = try TarReader.names(bytes)
        #expect(found == found.sorted() && found.contains("a/curves.csv"))
        #expect(try DurableFile.names(in: "\(scratch.path)/out") == ["a", "a.tar"])
    }

    @Test("A recipe is kept under a name, found by it before the shipped ones, and never torn")
    func ownRecipes() throws {
        let text = "[[lane]]\nname = \"x\"\nobjective = \"sft\"\n"
        let path = try Recipe.save(text, as: "starter", in: locations)
        #expect(path == "\(scratch.path)/config/popbench/recipes/starter.toml")
        #expect(try locations.recipe("starter") == path)
        let listed = locations.recipes()
        #expect(listed.map(\.path) == [path] && listed[0].name == "starter" && listed[0].isOwn)
        #expect(throws: SessionError.taken(path: path)) {
            try Recipe.save(text, as: "starter", in: locations)
        }
        #expect(throws: RecipeError.self) {
            try Recipe.save("[[lane]]\n", as: "other", in: locations)
        }
        #expect(throws: SessionError.badName("../x")) {
            try Recipe.save(text, as: "../x", in: locations)
        }
        #expect(locations.recipes().count == 1)
    }

    @Test("The fields of a recipe, written back, are the recipe")
    func fields() throws {
        var recipe = Recipe.small
        recipe.lanes.append(
            RecipeLane.preset(name: "a", objective: "f-dpo", divergence: "alpha"))
        var text = ""
        var table: (String, Int?)?
        for field in recipe.fields where !field.value.isEmpty {
            if table == nil || table! != (field.section, field.lane) {
                table = (field.section, field.lane)
                text += field.lane == nil ? "[\(field.section)]\n" : "[[\(field.section)]]\n"
            }
            text += "\(field.key) = \(field.isText ? "\"\(field.value)\"" : field.value)\n"
        }
        #expect(try Recipe.parse(text, file: "x") == recipe)
        #expect(recipe.fields.allSatisfy { !$0.reason.isEmpty && !$0.expected.isEmpty })
        let lane = try RecipeLane.applying([("beta", "7"), ("alpha", "0.25")], to: recipe.lanes[1])
        #expect(lane.beta == 7 && lane.alpha == 0.25)
        for bad in [("beta", "x"), ("nothing", "1"), ("objective", "none")] {
            #expect(throws: RecipeError.self) {
                try RecipeLane.applying([bad], to: recipe.lanes[0])
            }
        }
    }
}

/// Reads the names in an archive, checking each header's sum.
private enum TarReader {
    struct Damaged: Error {}

    static func names(_ bytes: [UInt8]) throws -> [String] {
        var (names, offset): ([String], Int) = ([], 0)
        while offset + 512 <= bytes.count, bytes[offset] != 0 {
            let header = Array(bytes[offset..<offset + 512])
            func field(_ start: Int, _ count: Int) -> String {
                String(decoding: header[start..<start + count].prefix { $0 != 0 }, as: UTF8.self)
            }
            let blank = header.indices.reduce(0) {
                $0 + ((148..<156).contains($1) ? 32 : Int(header[$1]))
            }
            guard Int(field(148, 6), radix: 8) == blank, field(257, 5) == "ustar",
                let size = Int(field(124, 11), radix: 8)
            else { throw Damaged() }
            names.append(field(0, 100))
            offset += 512 + (size + 511) / 512 * 512
        }
        return names
    }
}
