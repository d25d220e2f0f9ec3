import BenchProtocol
import MessageBus
import Populations

/// Samples one prompt from the base and every lane, and tells who appears.
///
/// It goes round: a few pictures of everyone, then the next few, so that rows can be compared long
/// before the last picture is drawn, and have one length when it is cancelled.
final class ProbeTask: EngineTask {
    let name = "sample"
    let prompt: String
    private let lanesOnly: Bool
    private var count: Int
    private var drawn: [(lane: String, step: Int, population: SampledPopulation)] = []
    private var turn = 0
    private let start = ContinuousClock.now
    private(set) var hasBegun = false

    /// Pictures of one lane drawn between two looks at the commands.
    private static let piece = 16

    /// - Parameter lanesOnly: leaves the base out, which does not change.
    init(prompt: String, count: Int, lanesOnly: Bool = false) {
        self.prompt = prompt
        self.count = count
        self.lanesOnly = lanesOnly
    }

    /// Draws more pictures than asked for at first; false where it leaves somebody out.
    func raise(to count: Int) -> Bool {
        guard !lanesOnly else { return false }
        self.count = max(self.count, count)
        return true
    }

    func advance(_ trainer: isolated Trainer) throws -> Bool {
        guard let session = trainer.session else { return true }
        if !hasBegun {
            hasBegun = true
            let lanes = session.lanes.filter { $0.step > 0 }
            drawn =
                (lanesOnly ? [] : [("base", 0, SampledPopulation(prompt))])
                + lanes.map { ($0.settings.name, $0.step, SampledPopulation(prompt)) }
            trainer.phase = .sampling
            trainer.tellState()
            tellProgress(trainer)
        }
        guard drawn.indices.contains(turn) else { return true }
        let lane = session.lanes.first { $0.settings.name == drawn[turn].lane }
        let isGone = lane == nil && drawn[turn].lane != "base"
        let first = drawn[turn].population.pictures.count
        if !isGone, first < count {
            let s = session.recipe.sampling
            guard
                let more = try session.sampling.population(
                    of: prompt, noise: first..<min(count, first + Self.piece),
                    seed: session.recipe.session.seed, inferenceSteps: s.inferenceSteps,
                    guidanceScale: Float(s.guidanceScale), weights: lane?.samplingWeights)
            else { return true }
            drawn[turn].population.append(more)
            tell(drawn[turn], trainer)
            if drawn[turn].population.pictures.count >= count {
                let (name, step, population) = drawn[turn]
                trainer.tell(session.diagnostics.observe(population, lane: name, step: step))
            }
        }
        if isGone {
            drawn.remove(at: turn)
        } else {
            turn += 1
        }
        tellProgress(trainer)
        if turn >= drawn.count { turn = 0 }
        return drawn.allSatisfy { $0.population.pictures.count >= count }
    }

    /// Tells who appears among all pictures so far; the last word is the one that is kept.
    private func tell(
        _ part: (lane: String, step: Int, population: SampledPopulation),
        _ trainer: isolated Trainer
    ) {
        guard let session = trainer.session else { return }
        let classifier = session.sampling.judges.judge.configuration
        for histogram in part.population.histograms(
            lane: part.lane, step: part.step, classifier: classifier)
        {
            session.metrics.record(histogram)
            trainer.events.publish(.population(histogram))
        }
        let sheet = part.population.thumbnails(
            lane: part.lane, step: part.step, classifier: classifier)
        trainer.sheets.place(sheet)
        trainer.events.publish(.thumbnails(sheet))
    }

    private func tellProgress(_ trainer: isolated Trainer) {
        let done = drawn.reduce(0) { $0 + min($1.population.pictures.count, count) }
        let total = drawn.count * count
        let elapsed = (ContinuousClock.now - start).seconds
        trainer.events.publish(
            .progress(
                TaskProgress(
                    task: name, done: done, total: total,
                    secondsLeft: done > 0
                        ? elapsed / Double(done) * Double(total - done) : .nan,
                    message: prompt)))
    }
}

/// The newest sheets of the prompts sampled last, for screens that come later.
struct SheetMemory {
    /// Prompts kept: the one that is kept fresh and the one that was typed last.
    private static let promptCapacity = 2
    private var prompts: [(prompt: String, sheets: [String: Thumbnails])] = []

    /// Every sheet kept, older prompts first.
    var all: [Thumbnails] {
        prompts.flatMap { entry in
            entry.sheets.values.sorted { $0.lane < $1.lane }
        }
    }

    /// Keeps a sheet in place of the lane's older one.
    mutating func place(_ sheet: Thumbnails) {
        var entry: (prompt: String, sheets: [String: Thumbnails]) = (sheet.prompt, [:])
        if let index = prompts.firstIndex(where: { $0.prompt == sheet.prompt }) {
            entry = prompts.remove(at: index)
        }
        entry.sheets[sheet.lane] = sheet
        prompts.append(entry)
        if prompts.count > Self.promptCapacity { prompts.removeFirst() }
    }

    /// Forgets a lane that has left.
    mutating func remove(lane: String) {
        for index in prompts.indices { prompts[index].sheets[lane] = nil }
    }
}
