import Foundation
import ModelStore
import Populations
import TensorCore
import Testing
import TrainingEngine

@Suite("Judges of pictures")
struct PopulationJudgesTests {
    private let size = (height: 32, width: 32)

    private func withJudges<Value>(_ body: (String) throws -> Value) throws -> Value {
        let folder = NSTemporaryDirectory() + "/judges-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func write(_ name: String, seed: UInt64, side: Int = 32) throws {
            var shape = AttributeNetworkConfiguration.emojiPeople(widths: [4], groups: 2)
            shape.imageSize = side
            try AttributeClassifier(shape, seed: seed).write(to: "\(folder)/\(name)")
        }
        try write("filter", seed: 1)
        try write("evaluator", seed: 2)
        try write("large", seed: 3, side: 64)
        try AttributeClassifier(
            AttributeNetworkConfiguration(
                widths: [4], groups: 2, attributes: [.init(name: "hat", classes: ["no", "yes"])]),
            seed: 4
        ).write(to: "\(folder)/hats")
        return try body(folder)
    }

    @Test("an evaluator apart from the filter judges, and nothing is remarked but what is missing")
    func apart() throws {
        try withJudges { folder in
            let judges = try PopulationJudges.open(
                classifier: "\(folder)/filter", evaluator: .named("\(folder)/evaluator"),
                scorer: .shipped(nil), pictureSize: size)
            #expect(judges.judge === judges.evaluator)
            #expect(judges.remarks.count == 1)
            #expect(judges.remarks[0].contains("text-image scores are left out"))
        }
    }

    @Test("a filter that judges itself is remarked")
    func sameWeights() throws {
        try withJudges { folder in
            let judges = try PopulationJudges.open(
                classifier: "\(folder)/filter", evaluator: .named("\(folder)/filter"),
                scorer: .shipped(nil), pictureSize: size)
            #expect(judges.remarks.contains { $0.contains("judges its own work") })
        }
    }

    @Test("shipped judges of other pictures are passed over with the reason")
    func passedOver() throws {
        try withJudges { folder in
            for (name, reason) in [("large", "64x64"), ("hats", "does not tell")] {
                let judges = try PopulationJudges.open(
                    classifier: "\(folder)/filter", evaluator: .shipped("\(folder)/\(name)"),
                    scorer: .shipped(nil), pictureSize: size)
                #expect(judges.evaluator == nil && judges.judge === judges.filter)
                #expect(
                    judges.remarks.contains {
                        $0.contains(reason) && $0.contains("judged by the classifier that filters")
                    })
            }
        }
    }

    @Test("what a person has named has to fit, and a classifier always has to")
    func refused() throws {
        try withJudges { folder in
            for name in ["large", "hats"] {
                #expect(throws: EngineError.self) {
                    try PopulationJudges.open(
                        classifier: "\(folder)/filter", evaluator: .named("\(folder)/\(name)"),
                        scorer: .shipped(nil), pictureSize: size)
                }
                #expect(throws: EngineError.self) {
                    try PopulationJudges.open(
                        classifier: "\(folder)/\(name)", evaluator: .shipped(nil),
                        scorer: .shipped(nil), pictureSize: size)
                }
            }
            for source in [JudgeSource.named("\(folder)/nothing"), .shipped("\(folder)/nothing")] {
                #expect(throws: ModelStoreError.self) {
                    try PopulationJudges.open(
                        classifier: "\(folder)/filter", evaluator: source,
                        scorer: .shipped(nil), pictureSize: size)
                }
            }
        }
    }
}
