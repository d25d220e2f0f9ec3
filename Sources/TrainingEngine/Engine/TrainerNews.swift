import BenchProtocol
import Foundation
import MessageBus
import Populations
import TensorCore

/// What the trainer tells of itself: lines of the log, failures, its state.
extension Trainer {
    func log(
        _ level: LogLine.Level, _ message: String, diagnostic: Diagnostic.Kind? = nil
    ) {
        let line = LogLine(
            level: level, message: message, time: Date().timeIntervalSince1970,
            diagnostic: diagnostic)
        kept.append(line)
        events.publish(.log(line))
    }

    func fail(_ message: String) {
        keep(.error, message)
        events.publish(.failure(Failure(message: message, fatal: false)))
    }

    func tell(_ saved: CheckpointSaved) {
        keep(.info, saved.sentence)
        events.publish(.checkpoint(saved))
    }

    /// Keeps a line that is told as another kind of event.
    func keep(_ level: LogLine.Level, _ message: String) {
        kept.append(LogLine(level: level, message: message, time: Date().timeIntervalSince1970))
    }

    func tellState() {
        stateTold = .now
        events.publish(.state(state()))
    }

    private func state() -> SessionState {
        let step = session?.step ?? 0
        let end = session?.recipe.session.steps ?? 0
        let rate = pace.stepsPerSecond
        let trained = Set(session?.recipe.populations.professions ?? [])
        return SessionState(
            phase: phase, session: (folder as NSString).lastPathComponent, step: step, endStep: end,
            lanes: session?.lanes.map { LaneState(settings: $0.settings, step: $0.step) } ?? [],
            prompts: Profession.all.map {
                PromptState(prompt: Caption($0).text, trained: trained.contains($0.name))
            }.sorted { $0.trained && !$1.trained }
                + typedPrompts.map { PromptState(prompt: $0, trained: false) },
            selectedPrompt: selectedPrompt, stepsPerSecond: rate,
            imagesPerSecond: pace.imagesPerSecond, secondsLeft: Double(end - step) / rate,
            savedStep: session?.saved?.step, savedAt: session?.saved?.at,
            kernel: MatrixKernel.name, trains: trains)
    }
}

/// A running mean of how long steps take.
struct Pace {
    private var seconds = 0.0
    private var images = 0.0

    /// NaN before the first step.
    var stepsPerSecond: Double { seconds > 0 ? 1 / seconds : .nan }
    var imagesPerSecond: Double { seconds > 0 ? images / seconds : .nan }

    mutating func note(seconds new: Double, images count: Int) {
        let weight = seconds == 0 ? 1 : 0.1
        seconds += weight * (new - seconds)
        images += weight * (Double(count) - images)
    }
}
