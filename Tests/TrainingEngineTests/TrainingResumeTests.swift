import DiffusionModels
import Foundation
import ModelStore
import NeuralLayers
import TensorCore
import Testing
import TrainingEngine

private typealias Fixture = TrainingFixture

/// A folder that is removed when the test ends.
private func withFolder<Value>(_ body: (String) throws -> Value) throws -> Value {
    let folder = NSTemporaryDirectory() + "/training-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
}

@Suite("Training that is saved and resumed")
struct TrainingResumeTests {
    @Test(
        "twenty steps, saved and read again, and twenty more are forty steps to the bit",
        arguments: [true, false])
    func resume(averages: Bool) throws {
        try withFolder { folder in
            let names = ["popalign", "diffusion-dpo"]
            let straight = try Fixture.pipeline()
            let trainer = try Fixture.trainer(straight, pairs: 3)
            let lanes = try names.map {
                try Fixture.lane(
                    Fixture.settings($0, objective: $0), straight, averages: averages)
            }
            for step in 0..<40 {
                if step == 20 {
                    for (name, lane) in zip(names, lanes) {
                        try lane.write(to: "\(folder)/\(name).safetensors")
                    }
                }
                _ = trainer.advance(lanes)
            }
            let pipeline = try Fixture.pipeline()
            let later = try Fixture.trainer(pipeline, pairs: 3)
            let resumed = try names.map { name in
                let lane = try Fixture.lane(
                    Fixture.settings(name, objective: name), pipeline, averages: averages)
                try lane.read(from: "\(folder)/\(name).safetensors")
                return lane
            }
            #expect(resumed.allSatisfy { $0.step == 20 })
            #expect(!resumed[0].isSame(as: lanes[0]))
            for _ in 0..<20 { _ = later.advance(resumed) }
            #expect(zip(resumed, lanes).allSatisfy { $0.isSame(as: $1) })
        }
    }

    @Test("a lane's file that is damaged, foreign or missing is an error that names it")
    func damagedLane() throws {
        let pipeline = try Fixture.pipeline()
        let lane = try Fixture.lane(Fixture.settings(), pipeline)
        try withFolder { folder in
            let path = "\(folder)/lane.safetensors"
            func failure() -> ModelStoreError? {
                #expect(throws: ModelStoreError.self) { try lane.read(from: path) }
            }
            #expect(failure()?.kind == .unreadable)
            try lane.write(to: path)
            let whole = try Data(contentsOf: URL(filePath: path))
            for count in [0, 7, 100, whole.count / 2, whole.count - 1] {
                try whole.prefix(count).write(to: URL(filePath: path))
                #expect(failure()?.file == path)
            }
            func write(
                _ metadata: [String: String], count: Int? = nil, names: [String]? = nil
            ) throws {
                var writer = SafetensorsWriter(metadata: metadata)
                for name in names ?? ["weights", "first_moment", "second_moment", "average"] {
                    let n = count ?? lane.weights.count
                    writer.add(name, shape: [n], floats: [Float](repeating: 0, count: n))
                }
                try writer.write(to: path)
            }
            for step in ["", "-1", "1.5", "99999999999999999999", "x"] {
                try write(["step": step])
                #expect(failure()?.subject == "step")
            }
            try write([:])
            #expect(failure()?.subject == "step")
            try write(["step": "3"], count: 10)
            #expect(failure()?.subject == "weights")
            try write(["step": "3"], names: ["weights", "first_moment", "second_moment"])
            #expect(failure()?.subject == "average")
            #expect(lane.step == 0, "a failed reading counts no steps")
        }
    }
}
