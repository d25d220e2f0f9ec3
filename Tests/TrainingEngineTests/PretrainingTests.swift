import DiffusionModels
import Foundation
import ModelStore
import Populations
import TensorCore
import Testing
import TrainingEngine

private typealias Fixture = TrainingFixture

private let drawnPeople = Result {
    try EmojiPeople(environment: ProcessInfo.processInfo.environment)
}

@Suite("Pretraining")
struct PretrainingTests {
    private func configuration(steps: Int = 4, batch: Int = 5) -> PretrainingConfiguration {
        var configuration = PretrainingConfiguration()
        configuration.steps = steps
        configuration.batch = batch
        configuration.warmupSteps = 2
        configuration.learningRate = 3e-3
        return configuration
    }

    private func newRun(_ configuration: PretrainingConfiguration) throws -> PretrainingRun {
        PretrainingRun(
            configuration, pipeline: try Fixture.pipeline(factor: 8),
            sampler: TrainingSampler(people: try drawnPeople.get()))
    }

    /// Everything that a run has learned.
    private func state(_ run: PretrainingRun) -> [[Float]] {
        let averaged = run.averagedPipeline()
        return [
            run.pipeline.unetWeights.array, run.pipeline.textWeights.array,
            averaged.unetWeights.array, averaged.textWeights.array,
        ]
    }

    private func withFolder<Value>(_ body: (String) throws -> Value) throws -> Value {
        let folder = NSTemporaryDirectory() + "/pretraining-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try body(folder)
    }

    @Test("two steps, a checkpoint and two more are four steps to the bit")
    func resume() throws {
        try withFolder { folder in
            let path = "\(folder)/checkpoint.safetensors"
            let straight = try newRun(configuration())
            var losses: [Double] = []
            for step in 0..<4 {
                if step == 2 { try straight.saveCheckpoint(to: path) }
                losses.append(straight.advance())
            }
            let resumed = try newRun(configuration())
            try resumed.resume(from: path)
            #expect(resumed.step == 2)
            let early = state(resumed) == state(straight)
            #expect(!early)
            #expect([resumed.advance(), resumed.advance()] == Array(losses[2...]))
            let same = state(resumed) == state(straight)
            #expect(same && resumed.step == straight.step)
        }
    }

    @Test("one thread and all threads train the same bits")
    func threads() throws {
        func trained() throws -> ([[Float]], [Double]) {
            let run = try newRun(configuration())
            let losses = (0..<2).map { _ in run.advance() }
            return (state(run), losses)
        }
        _ = try drawnPeople.get()
        let parallel = try trained()
        let serial = try Fixture.serially(trained)
        let same = parallel == serial
        #expect(same)
    }

    @Test("both networks learn, the average follows them, and the loss falls")
    func learning() throws {
        let run = try newRun(configuration(steps: 40, batch: 8))
        let before = state(run)
        let averageStart = before[0] == before[2] && before[1] == before[3]
        #expect(averageStart, "the average starts at the weights")
        let losses = (0..<40).map { _ in run.advance() }
        #expect(losses.allSatisfy { $0.isFinite })
        #expect(losses.suffix(8).reduce(0, +) < losses.prefix(8).reduce(0, +))
        let after = state(run)
        for index in 0..<4 {
            let moved = before[index] != after[index]
            #expect(moved, "part \(index)")
        }
        let apart = after[0] != after[2]
        #expect(apart)
    }

    @Test("a checkpoint of another configuration, a torn one or none is an error that says so")
    func refusals() throws {
        try withFolder { folder in
            let path = "\(folder)/checkpoint.safetensors"
            let run = try newRun(configuration())
            func failure(_ run: PretrainingRun) -> ModelStoreError? {
                #expect(throws: ModelStoreError.self) { try run.resume(from: path) }
            }
            #expect(failure(run)?.kind == .unreadable)
            try run.saveCheckpoint(to: path)
            var other = configuration()
            other.seed = 2
            let refused = failure(try newRun(other))
            #expect(refused?.kind == .inconsistent && refused?.subject == "configuration")
            let whole = try Data(contentsOf: URL(filePath: path))
            for count in [0, 9, whole.count / 2, whole.count - 1] {
                try whole.prefix(count).write(to: URL(filePath: path))
                #expect(failure(run)?.file == path)
            }
            var writer = SafetensorsWriter()
            writer.add("unet.weights", shape: [1], floats: [0])
            try writer.write(to: path)
            #expect(failure(run)?.subject == "step")
            #expect(run.step == 0)
        }
    }

    @Test("the learning rate rises in a line, then falls along a cosine to zero")
    func learningRate() {
        var c = PretrainingConfiguration()
        (c.steps, c.warmupSteps, c.learningRate) = (110, 10, 2)
        #expect((0..<10).allSatisfy { abs(c.learningRate(at: $0) - 0.2 * Double($0 + 1)) < 1e-12 })
        #expect(c.learningRate(at: 10) == 2)
        #expect(abs(c.learningRate(at: 60) - 1) < 1e-12)
        #expect(c.learningRate(at: 110) < 1e-12 && c.learningRate(at: 500) < 1e-12)
        let falling = (10..<110).map { c.learningRate(at: $0) }
        #expect(falling == falling.sorted(by: >))
        // Nothing but warm-up, or nothing at all, divides by no zero.
        (c.steps, c.warmupSteps) = (5, 5)
        #expect((0..<9).allSatisfy { c.learningRate(at: $0).isFinite })
    }
}
