import Foundation
import ModelStore
import Populations
import TensorCore
import Testing
import TrainingEngine

@Suite("Training of classifiers and scorer", .serialized)
struct JudgeTrainingTests {
    private func withFolder<Value>(_ body: (String) throws -> Value) throws -> Value {
        let folder = NSTemporaryDirectory() + "/judge-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try body(folder)
    }

    private func evaluator(steps: Int = 4) -> ClassifierConfiguration {
        var c = ClassifierConfiguration.evaluator
        (c.steps, c.batch, c.widths, c.groups, c.blocks) = (steps, 5, [4], 2, 1)
        return c
    }

    private func scorer() -> ScorerConfiguration {
        var c = ScorerConfiguration()
        (c.steps, c.professions, c.widths, c.groups) = (4, 2, [4], 2)
        (c.textWidth, c.embeddingSize) = (8, 8)
        return c
    }

    private func bytes(_ path: String) throws -> Data {
        try #require(FileManager.default.contents(atPath: path + "/model.safetensors"))
    }

    @Test("an evaluator that was interrupted ends with the very same file")
    func evaluatorResumes() throws {
        try withFolder { folder in
            let (straight, broken) = ("\(folder)/straight", "\(folder)/broken")
            try ClassifierSession(configuration: evaluator(), output: straight, half: true)
                .run { _ in }
            let session = ClassifierSession(configuration: evaluator(), output: broken, half: true)
            try session.run(stop: { $0 == 2 }) { _ in }
            #expect(!FileManager.default.fileExists(atPath: broken + "/model.safetensors"))
            var lines: [String] = []
            try session.run { lines.append($0) }
            #expect(lines.first == "resuming at step 2 of 4")
            #expect(try bytes(straight) == bytes(broken))
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: broken).sorted()
                    == ["config.json", "model.safetensors", "training.json"])
        }
    }

    @Test("a scorer that was interrupted ends with the very same file")
    func scorerResumes() throws {
        try withFolder { folder in
            let (straight, broken) = ("\(folder)/straight", "\(folder)/broken")
            try ScorerSession(configuration: scorer(), output: straight, half: true).run { _ in }
            let session = ScorerSession(configuration: scorer(), output: broken, half: true)
            try session.run(stop: { $0 == 3 }) { _ in }
            try session.run { _ in }
            #expect(try bytes(straight) == bytes(broken))
        }
    }

    @Test("a checkpoint of other options or torn in the middle is refused, and stays")
    func refusedCheckpoints() throws {
        try withFolder { folder in
            let session = ClassifierSession(configuration: evaluator(), output: folder, half: false)
            try session.run(stop: { $0 == 1 }) { _ in }
            let other = ClassifierSession(
                configuration: evaluator(steps: 5), output: folder, half: false)
            let error = #expect(throws: ModelStoreError.self) { try other.run { _ in } }
            #expect(error?.kind == .inconsistent)
            let file = folder + "/training.safetensors"
            let whole = try #require(FileManager.default.contents(atPath: file))
            try whole.prefix(whole.count / 2).write(to: URL(filePath: file))
            #expect(throws: ModelStoreError.self) { try session.run { _ in } }
            #expect(FileManager.default.fileExists(atPath: file))
        }
    }

    @Test("records name no folder of the machine, and give held-out figures with intervals")
    func records() throws {
        #expect(
            TrainingRecord.portable([
                "/home/a/bin/popbench", "train-scorer", "--output", "/home/a/scorer",
                "--tokenizer=/etc/t", "--seed", "3", "models/x",
            ]) == "popbench train-scorer --output scorer --tokenizer=t --seed 3 models/x")
        try withFolder { folder in
            try ScorerSession(configuration: scorer(), output: folder, half: false).run { _ in }
            let record = try JSONDecoder().decode(
                TrainingRecord.self,
                from: try #require(
                    FileManager.default.contents(atPath: folder + "/training.json")))
            let retrieval = try #require(record.heldOut?["identity_retrieval"])
            #expect(retrieval.n == 3_000 && retrieval.low <= retrieval.value)
            #expect(retrieval.value <= retrieval.high && retrieval.high < 0.2)
            #expect(record.steps == 4 && record.seed == 47)
        }
    }
}
