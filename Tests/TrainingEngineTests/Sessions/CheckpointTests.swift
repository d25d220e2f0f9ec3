import Foundation
import Testing
import TrainingEngine

@Suite("Checkpoints")
struct CheckpointTests {
    /// What a test's probe throws: the disk refuses, for this and every later action.
    private struct Refused: Error {}

    private func session(_ scratch: Scratch) throws -> SessionStore {
        try SessionStore.create(at: "\(scratch.path)/s", recipe: .small, created: 1)
    }

    private func contents(_ step: Int) -> [CheckpointFile] {
        let bytes = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ step) }
        return [
            CheckpointFile(name: "popalign/unet.safetensors", bytes: bytes),
            CheckpointFile(name: "state.json", expectedBytes: 10) { path in
                try Data("step \(step)".utf8).write(to: URL(fileURLWithPath: path))
            },
        ]
    }

    @discardableResult
    private func save(_ store: SessionStore, _ step: Int) throws -> Checkpoint {
        try store.save(
            step: step, contents: contents(step), facts: ["kernel": "plain"], recipe: .small,
            created: Double(step)
        ).checkpoint
    }

    @Test("XXH64 gives the published hashes, however the message is cut")
    func hash() {
        #expect(CheckpointHash.of([]) == 0xEF46_DB37_51D8_E999)
        #expect(CheckpointHash.of(Array("a".utf8)) == 0xD24E_C4F1_A98C_6E5B)
        #expect(CheckpointHash.of(Array("abc".utf8)) == 0x44BC_2CF5_AD77_0999)
        let long = Array("Nobody inspects the spammish repetition".utf8)
        #expect(CheckpointHash.of(long) == 0xFBCE_A83C_8A37_8BF1)
        var random = SeededGenerator(1)
        for _ in 0..<100 {
            let message = (0..<Int.random(in: 0...200, using: &random)).map { _ in
                UInt8(truncatingIfNeeded: random.next())
            }
            var hash = CheckpointHash()
            var rest = message[...]
            while !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 1...70, using: &random))
                Array(piece).withUnsafeBytes { hash.update($0) }
                rest = rest.dropFirst(piece.count)
            }
            #expect(hash.digest == CheckpointHash.of(message))
        }
    }

    @Test("What was saved is found again, with its facts and its files")
    func saves() throws {
        let scratch = Scratch()
        let store = try session(scratch)
        let none = try store.latestCheckpoint()
        #expect(none.checkpoint == nil && none.defects == [])
        try save(store, 50)
        let saved = try save(store, 100)
        let choice = try store.latestCheckpoint()
        #expect(choice.defects == [])
        let found = try #require(choice.checkpoint)
        #expect(found == saved)
        #expect(found.step == 100)
        #expect(found.created == 100)
        #expect(found.facts == ["kernel": "plain"])
        #expect(found.path.hasSuffix("/checkpoints/step-000100"))
        #expect(found.files == ["popalign/unet.safetensors", "state.json", "recipe.toml"])
        let state = try #require(found.path(of: "state.json"))
        #expect(try String(contentsOfFile: state, encoding: .utf8) == "step 100")
        #expect(found.path(of: "other") == nil)
        let recipe = try #require(found.path(of: "recipe.toml"))
        #expect(try Recipe.read(path: recipe) == .small)
    }

    enum Damage: String, CaseIterable, Sendable {
        case noManifest, emptyManifest, editedManifest, newerManifest, truncatedFile, longerFile
        case flippedByte, missingFile, fileIsFolder, fileIsLink
    }

    @Test(
        "A damaged checkpoint is named and passed over for the one before",
        arguments: Damage.allCases)
    func damage(_ damage: Damage) throws {
        let scratch = Scratch()
        let store = try session(scratch)
        try save(store, 50)
        let newest = try save(store, 100).path
        let manifest = URL(fileURLWithPath: "\(newest)/manifest.json")
        let tensors = URL(fileURLWithPath: "\(newest)/popalign/unet.safetensors")
        let manager = FileManager.default
        switch damage {
        case .noManifest: try manager.removeItem(at: manifest)
        case .emptyManifest: try Data().write(to: manifest)
        case .editedManifest:
            let text = try String(contentsOf: manifest, encoding: .utf8)
            try Data(text.replacingOccurrences(of: "plain", with: "other").utf8).write(to: manifest)
        case .newerManifest:
            let text = try String(contentsOf: manifest, encoding: .utf8)
            let newer = text.replacingOccurrences(of: "\"format\" : 1", with: "\"format\" : 9")
            #expect(newer != text)
            try Data(newer.utf8).write(to: manifest)
        case .truncatedFile: try Data(contentsOf: tensors).dropLast(7).write(to: tensors)
        case .longerFile: try (Data(contentsOf: tensors) + [0]).write(to: tensors)
        case .flippedByte:
            var bytes = try Data(contentsOf: tensors)
            bytes[1234] ^= 0x10
            try bytes.write(to: tensors)
        case .missingFile: try manager.removeItem(at: tensors)
        case .fileIsFolder:
            try manager.removeItem(at: tensors)
            try manager.createDirectory(at: tensors, withIntermediateDirectories: false)
        case .fileIsLink:
            let moved = "\(scratch.path)/elsewhere"
            try manager.moveItem(atPath: tensors.path, toPath: moved)
            try manager.createSymbolicLink(atPath: tensors.path, withDestinationPath: moved)
        }
        let choice = try store.latestCheckpoint()
        #expect(choice.checkpoint?.step == 50)
        #expect(choice.defects.map(\.path) == [newest])
        let named =
            [.noManifest, .emptyManifest, .editedManifest].contains(damage)
            ? "manifest.json" : damage == .newerManifest ? "newer popbench" : "unet.safetensors"
        #expect(choice.defects.first?.reason.contains(named) == true, "\(choice.defects)")
    }

    @Test("A checkpoint under another step's name is not believed")
    func renamed() throws {
        let scratch = Scratch()
        let store = try session(scratch)
        let folder = try save(store, 50).path
        try FileManager.default.moveItem(
            atPath: folder, toPath: folder.replacingOccurrences(of: "000050", with: "000070"))
        #expect(try store.latestCheckpoint().checkpoint == nil)
    }

    /// Fails the n-th action; afterwards either all others too (a crash) or none (a refusal).
    private func probe(failing number: Int, isCrash: Bool) -> (FileProbe, Counter) {
        let counter = Counter()
        return (
            { _, _ in
                let count = counter.next()
                if count == number || (isCrash && count > number) { throw Refused() }
            }, counter
        )
    }

    @Test(
        "Whatever action of a save fails, the last good save stands and nothing is half there",
        arguments: [false, true], [60, 50])
    func everyFailure(isCrash: Bool, step: Int) throws {
        var number = 1
        while true {
            let scratch = Scratch()
            let path = try session(scratch).path
            let (failing, counter) = probe(failing: .max, isCrash: isCrash)
            let store = try SessionStore.resume(at: path, probe: failing).store
            try save(store, 50)
            let before = counter.count
            let (again, later) = probe(failing: number, isCrash: isCrash)
            let broken = try SessionStore.resume(
                at: path,
                probe: { action, place in
                    // Opening is not what fails here.
                    if later.isArmed { try again(action, place) }
                }
            ).store
            later.arm()
            do {
                try save(broken, step)
            } catch is Refused {}
            let (reopened, _) = try SessionStore.resume(at: path)
            let choice = try reopened.latestCheckpoint()
            #expect(choice.defects == [], "action \(number)")
            #expect([50, step].contains(choice.checkpoint?.step), "action \(number)")
            let names = try DurableFile.names(in: reopened.checkpoints.path)
            #expect(names.allSatisfy { $0.hasPrefix("step-") }, "action \(number): \(names)")
            // The next save works as if nothing had been.
            try save(reopened, 70)
            #expect(try reopened.latestCheckpoint().checkpoint?.step == 70)
            #expect(before > 10)
            if later.count < number { break }
            number += 1
        }
        #expect(number > 10)
    }

    @Test("A refused save leaves no file behind even before the session is opened again")
    func cleansUp() throws {
        let scratch = Scratch()
        let store = try session(scratch)
        try save(store, 50)
        let files =
            contents(60) + [
                CheckpointFile(name: "late", expectedBytes: 1) { _ in throw Refused() }
            ]
        #expect(throws: Refused.self) {
            try store.save(step: 60, contents: files, recipe: .small, created: 0)
        }
        #expect(try DurableFile.names(in: store.checkpoints.path) == ["step-000050"])
    }

    @Test("Leftovers of a killed engine are cleared when training resumes, not when one looks")
    func leftovers() throws {
        let scratch = Scratch()
        let store = try session(scratch)
        try save(store, 50)
        try scratch.write("s/checkpoints/.step-000060.partial/state.json", "half")
        try scratch.write("s/checkpoints/.discarded-step-000010/state.json", "half")
        try scratch.write("s/recipe.toml.partial", "half")
        _ = try SessionStore.open(at: store.path)
        #expect(scratch.has("s/recipe.toml.partial"))
        #expect(try store.latestCheckpoint().defects == [])
        let (_, cleared) = try SessionStore.resume(at: store.path)
        #expect(cleared.count == 3)
        #expect(try DurableFile.names(in: store.checkpoints.path) == ["step-000050"])
        #expect(!scratch.has("s/recipe.toml.partial"))
    }

    @Test("The newest few stay, and every n-th for good; broken ones go")
    func retention() throws {
        let scratch = Scratch()
        let store = try session(scratch)
        var recipe = Recipe.small
        recipe.session.keep = 2
        recipe.session.keepEvery = 40
        recipe.session.autosaveSteps = 10
        for step in stride(from: 0, through: 100, by: 10) {
            let (_, problem) = try store.save(
                step: step, contents: contents(step), recipe: recipe, created: 0)
            #expect(problem == nil)
        }
        #expect(try store.checkpoints.all().map(\.step) == [100, 90, 80, 40])
        try FileManager.default.removeItem(
            atPath: "\(store.checkpoints.path)/step-000090/manifest.json")
        let rule = CheckpointRetention(keep: 2, keepEvery: 0, every: 10)
        #expect(try store.checkpoints.thinOut(rule) == [90, 40])
        #expect(try store.checkpoints.all().map(\.step) == [100, 80])
        try store.checkpoints.discard(after: 80)
        #expect(try DurableFile.names(in: store.checkpoints.path) == ["step-000080"])
    }

    @Test("Saves that were asked for push no periodic one out, nor the other way round")
    func kindsApart() throws {
        let scratch = Scratch()
        let store = try session(scratch)
        var recipe = Recipe.small
        recipe.session.keepEvery = 0
        func kept(_ steps: Int...) throws -> [Int] {
            for step in steps {
                _ = try store.save(
                    step: step, contents: contents(step), recipe: recipe, created: 0)
            }
            return try store.checkpoints.all().map(\.step)
        }
        #expect(try kept(50, 100, 150) == [150, 100, 50])
        #expect(try kept(151, 153, 157) == [157, 153, 151, 150, 100, 50])
        #expect(try kept(161, 162) == [162, 161, 157, 150, 100, 50])
        #expect(try kept(200) == [200, 162, 161, 157, 150, 100])
        #expect(try kept(200) == [200, 162, 161, 157, 150, 100], "once more, by hand")
    }

    @Test("However often anybody saves, twice the number to keep is the most that stays")
    func bounded() {
        var random = SeededGenerator(7)
        let rule = CheckpointRetention(keep: 3, keepEvery: 0, every: 50)
        var there: Set<Int> = []
        var step = 0
        for _ in 0..<2000 {
            step += Int.random(in: 1...40, using: &random)
            there = rule.kept(of: Array(there) + [step])
            #expect(there.contains(step) && there.count <= 6)
        }
        let long = CheckpointRetention(keep: 0, keepEvery: 200, every: 50)
        #expect(long.kept(of: Array(0...1000)) == [200, 400, 600, 800, 1000, 999])
        #expect(long.count(besides: 400) == nil && long.count(besides: 450) == 1)
    }

    @Test("With nothing whole left, a broken checkpoint is not thrown away")
    func keepsTheLast() throws {
        let scratch = Scratch()
        let store = try session(scratch)
        try save(store, 50)
        try FileManager.default.removeItem(
            atPath: "\(store.checkpoints.path)/step-000050/state.json")
        let rule = CheckpointRetention(keep: 1, keepEvery: 0, every: 10)
        #expect(try store.checkpoints.thinOut(rule) == [])
        #expect(try DurableFile.names(in: store.checkpoints.path) == ["step-000050"])
    }

    @Test("A file where the folder should be is a typed error that names it")
    func fileInPlaceOfFolder() throws {
        let scratch = Scratch()
        let store = try session(scratch)
        try FileManager.default.removeItem(atPath: store.checkpoints.path)
        try Data().write(to: URL(fileURLWithPath: store.checkpoints.path))
        let error = try #require(throws: SessionError.self) { try save(store, 50) }
        #expect("\(error)".contains(store.checkpoints.path))
        #expect(!error.isFullDisk)
    }

    @Test("What the disk has no room for is not begun")
    func noRoom() throws {
        let scratch = Scratch()
        let store = try session(scratch)
        try save(store, 50)
        let huge = CheckpointFile(name: "huge", expectedBytes: 1 << 60) { _ in
            Issue.record("it was begun")
        }
        let error = try #require(throws: SessionError.self) {
            try store.save(step: 60, contents: [huge], recipe: .small, created: 0)
        }
        #expect(error.isFullDisk)
        #expect(try store.latestCheckpoint().checkpoint?.step == 50)
    }

    /// Run with POPBENCH_SMALL_DISK naming a folder on a disk of 20 to 40 MB.
    @Test(
        "A disk that fills up during a save is a typed error, and the last good save stands",
        .enabled(if: ProcessInfo.processInfo.environment["POPBENCH_SMALL_DISK"] != nil))
    func fullDisk() throws {
        let disk = try #require(ProcessInfo.processInfo.environment["POPBENCH_SMALL_DISK"])
        let path = "\(disk)/s-\(UUID().uuidString)"
        let store = try SessionStore.create(at: path, recipe: .small, created: 1)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try save(store, 50)
        let flood = CheckpointFile(name: "flood", expectedBytes: 0) { path in
            try DurableFile().writeNew(path, [UInt8](repeating: 1, count: 64 << 20))
        }
        let error = try #require(throws: SessionError.self) {
            try store.save(step: 60, contents: [flood], recipe: .small, created: 0)
        }
        #expect(error.isFullDisk, "\(error)")
        #expect(try store.latestCheckpoint().checkpoint?.step == 50)
        #expect(try DurableFile.names(in: store.checkpoints.path) == ["step-000050"])
    }
}

/// Counts the actions a probe has seen.
final class Counter: @unchecked Sendable {
    // Unchecked: both are touched under the lock alone.
    private let lock = NSLock()
    private var seen = 0
    private var armed = false

    func next() -> Int {
        lock.withLock {
            seen += 1
            return seen
        }
    }

    func arm() { lock.withLock { armed = true } }
    var count: Int { lock.withLock { seen } }
    var isArmed: Bool { lock.withLock { armed } }
}
