import BenchProtocol
import Foundation
import Studies
import Testing
import TrainingEngine

private typealias Fixture = StudyFixture

/// Says stop after it was asked so many times.
private final class StopAfter {
    private var left: Int
    init(_ count: Int) { left = count }
    func isStopped() -> Bool {
        left -= 1
        return left < 0
    }
}

@Suite("Studies that are carried out")
struct StudyRunTests {
    private let bench: StudyBench

    init() throws { bench = try Fixture.bench() }

    /// One run of the program: opens the table, works, and closes it.
    private func run(
        _ plan: StudyPlan, in folder: String, stopAfter count: Int = .max,
        keepsModels: Bool = false, tell: @escaping (StudyEvent) -> Void = { _ in }
    ) throws -> (isComplete: Bool, records: [EvaluationRecord]) {
        let stop = StopAfter(count)
        let table = try StudyTable(folder: folder)
        let runner = StudyRunner(
            plan: plan, bench: bench, table: table, folder: folder, version: "test",
            keepsModels: keepsModels, isStopped: stop.isStopped, tell: tell)
        return (try runner.run(), runner.records())
    }

    /// Records without what time it was and how long things took.
    private func results(_ records: [EvaluationRecord]) -> [EvaluationRecord] {
        records.map { record in
            var record = record
            (record.recorded, record.trainingSeconds, record.evaluationSeconds) = ("", 0, 0)
            return record
        }
    }

    @Test("every lane is evaluated at every step in every seed, and the base once a seed")
    func complete() throws {
        try Fixture.withFolder { folder in
            var shares: [Double] = []
            let (isComplete, records) = try run(try Fixture.plan(), in: folder) { event in
                if case .progress(_, let share, _) = event { shares.append(share) }
            }
            #expect(isComplete)
            let made = records.map { "\($0.contender) \($0.seed) \($0.step)" }
            #expect(
                made
                    == [1, 2].flatMap { seed in
                        ["base \(seed) 0"]
                            + ["arm/sft", "arm/popalign"].flatMap { lane in
                                [2, 4].map { "\(lane) \(seed) \($0)" }
                            }
                    })
            #expect(shares.allSatisfy { (0...1).contains($0) })
            let figures = StudyFigures(records)
            let names = ["discrepancy_gender", "held_out_discrepancy", "identity_accuracy"]
            for model in figures.models {
                for name in names { #expect(figures.mean(name, model)?.value.isFinite == true) }
            }
            // Two trained professions, eighteen held out, two seeds.
            #expect(figures.mean("discrepancy", figures.models[0])?.prompts == 2)
            #expect(figures.mean("held_out_discrepancy", figures.models[0])?.prompts == 18)
            #expect(records[1].figures.contains { $0.name == "fixed_winner_log_ratio" })
            // The pictures of units that are done are gone, and git would not see them.
            let left = try FileManager.default.contentsOfDirectory(atPath: folder + "/units")
            #expect(left == [".gitignore"])
        }
    }

    @Test(
        "a study that is stopped anywhere goes on to the very same results",
        arguments: [1, 30, 41, 44, 46, 47, 60, 90, 130, 200])
    func resumed(_ count: Int) throws {
        let plan = try Fixture.plan(seeds: [1], autosave: 1)
        let straight = try Fixture.withFolder { try run(plan, in: $0).records }
        try Fixture.withFolder { folder in
            let first = try run(plan, in: folder, stopAfter: count)
            #expect(!first.isComplete)
            #expect(first.records.count < straight.count)
            var again = 0
            let second = try run(plan, in: folder) { event in
                if case .recorded = event { again += 1 }
            }
            #expect(second.isComplete)
            #expect(again + first.records.count == straight.count)
            #expect(results(second.records) == results(straight))
        }
    }

    @Test("a torn line and a lost checkpoint cost what they recorded, and nothing else")
    func torn() throws {
        let plan = try Fixture.plan(seeds: [1])
        try Fixture.withFolder { folder in
            let straight = try run(plan, in: folder).records
            let path = folder + "/" + StudyTable.fileName
            let whole = try Data(contentsOf: URL(filePath: path))
            try whole.dropLast(40).write(to: URL(filePath: path))
            var again: [String] = []
            let second = try run(plan, in: folder) { event in
                if case .recorded(let record) = event {
                    again.append("\(record.contender) \(record.step)")
                }
            }
            #expect(again == ["arm/popalign 4"])
            #expect(results(second.records) == results(straight))
        }
    }

    @Test("a prolonged study keeps what it has, and another lane joins it alone")
    func extended() throws {
        try Fixture.withFolder { folder in
            let first = try run(try Fixture.plan(lanes: [Fixture.sft], seeds: [1]), in: folder)
            var again: [String] = []
            let plan = try Fixture.plan(seeds: [1], steps: 6, evaluated: [2, 4])
            let second = try run(plan, in: folder) { event in
                if case .recorded(let record) = event {
                    again.append("\(record.contender) \(record.step)")
                }
            }
            #expect(
                again == [
                    "arm/popalign 2", "arm/popalign 4", "arm/sft 6", "arm/popalign 6",
                ])
            let straight = try Fixture.withFolder { try run(plan, in: $0).records }
            #expect(results(second.records) == results(straight))
            #expect(
                results(first.records).allSatisfy { results(straight).contains($0) })
        }
    }

    @Test("a lane that breaks is recorded with its reason, and the others go on")
    func broken() throws {
        var wild = Fixture.sft
        // The first step makes weights that no forward pass survives.
        (wild.name, wild.learningRate, wild.warmupSteps) = ("wild", 1e38, 0)
        let recipe = Fixture.recipe(lanes: [wild, Fixture.popalign])
        let plan = try StudyPlan(
            name: "broken", arms: [StudyArm(name: "", recipe: recipe)], seeds: [1],
            evaluation: StudyEvaluation(pictures: 2, inferenceSteps: 1, guidanceScale: 2))
        try Fixture.withFolder { folder in
            let (isComplete, records) = try run(plan, in: folder)
            #expect(isComplete && records.map(\.contender) == ["base", "wild", "popalign"])
            #expect(records[2].problem == nil)
            #expect(records[1].problem?.contains("not finite") == true)
            #expect(records[1].figures.isEmpty && !records[2].figures.isEmpty)
            #expect(try StudyTable(reading: folder).evaluations == records)
        }
    }

    @Test("kept models are a session that can be opened")
    func kept() throws {
        try Fixture.withFolder { folder in
            let plan = try Fixture.plan(lanes: [Fixture.sft], seeds: [7], steps: 2, evaluated: [])
            _ = try run(plan, in: folder, keepsModels: true)
            let units = try FileManager.default.contentsOfDirectory(atPath: folder + "/units")
                .filter { !$0.hasPrefix(".") }
            let store = try SessionStore.open(at: folder + "/units/" + (try #require(units.first)))
            #expect(try store.recipe().session.seed == 7)
            #expect(try store.latestCheckpoint().checkpoint?.step == 2)
        }
    }

    @Test("a plan that compares what cannot be compared is refused")
    func refused() throws {
        let arm = StudyArm(name: "a", recipe: Fixture.recipe(lanes: [Fixture.sft]))
        let evaluation = StudyEvaluation(pictures: 2, inferenceSteps: 1, guidanceScale: 2)
        func plan(_ arms: [StudyArm], _ seeds: [UInt64] = [1]) throws -> StudyPlan {
            try StudyPlan(name: "s", arms: arms, seeds: seeds, evaluation: evaluation)
        }
        var other = arm
        other.recipe.populations.professions = ["judge"]
        var collecting = arm
        collecting.recipe.populations.source = "collect"
        #expect(throws: StudyError.self) { try plan([arm, other]) }
        #expect(throws: StudyError.self) { try plan([collecting]) }
        #expect(throws: StudyError.self) { try plan([]) }
        #expect(throws: StudyError.self) { try plan([arm], []) }
        #expect(throws: StudyError.self) { try plan([arm], [3, 3]) }
        #expect(try plan([arm]).contenders == ["a/sft"])
    }
}
