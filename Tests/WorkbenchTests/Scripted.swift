import BenchProtocol
import TerminalKit
import Workbench

/// A session as an engine would tell it: four lanes, a base, forty steps; made by formula.
enum Scripted {
    static let clock = 1_700_000_000.0

    static func lane(
        _ name: String, _ objective: String, divergence: String? = nil, beta: Double
    ) -> LaneSettings {
        LaneSettings(
            name: name, objective: objective, divergence: divergence, beta: beta, kappa: 1000,
            learningRate: 1e-4, warmupSteps: 20)
    }

    static let settings = [
        lane("sft", "sft", beta: 0), lane("dpo", "diffusion-dpo", beta: 1000),
        lane("popalign", "popalign", beta: 2000),
        lane("fdpo-js", "f-dpo", divergence: "js", beta: 1),
    ]

    static let prompts = [
        PromptState(prompt: "a judge", trained: true),
        PromptState(prompt: "a health worker", trained: true),
        PromptState(prompt: "a pilot", trained: false),
    ]

    static func state(
        step: Int, phase: SessionState.Phase = .training, prompt: String = "a judge",
        lanes: [LaneSettings] = settings
    ) -> SessionState {
        SessionState(
            phase: phase, session: "starter", step: step, endStep: 2000,
            lanes: lanes.map { LaneState(settings: $0, step: step) }, prompts: prompts,
            selectedPrompt: prompt, stepsPerSecond: 3.1, imagesPerSecond: 99,
            secondsLeft: Double(2000 - step) / 3.1, savedStep: max(0, step - 12),
            savedAt: clock - 130, kernel: "avx2+fma")
    }

    static func metrics(_ lane: Int, step: Int) -> StepMetrics {
        var metrics = StepMetrics(lane: settings[lane].name, step: step)
        let progress = Double(step) / 40
        let wobble = Double((step * 7919 + lane * 104_729) % 101) / 101 - 0.5
        metrics.loss = 0.7 - 0.1 * Double(lane) - 0.25 * progress + 0.08 * wobble
        metrics.implicitAccuracy = 0.5 + 0.3 * progress + 0.05 * wobble
        metrics.margin = 0.4 * progress
        metrics.winnerLogRatio = 0.012 * progress - 0.004 * Double(lane)
        metrics.loserLogRatio = -0.03 * progress
        metrics.policyError = 0.09 - 0.01 * progress
        metrics.referenceError = 0.09
        metrics.klProxy = 0.0004 * progress
        metrics.gradientNorm = 0.8 - 0.2 * wobble
        metrics.saturated = 0.01 * Double(lane)
        metrics.capped = 0
        metrics.learningRate = 1e-4
        metrics.imagesPerSecond = 99
        metrics.time = clock + Double(step)
        metrics.quartiles = (0..<4).map { quarter in
            var part = TimestepQuartile(images: 8)
            part.loss = metrics.loss + 0.01 * Double(quarter)
            part.implicitAccuracy = 0.6
            return part
        }
        return metrics
    }

    static func field(_ lane: Int, step: Int) -> GradientFieldSummary {
        let side = 9
        var arrows: [GradientFieldSummary.Arrow] = []
        for row in 0..<side {
            for column in 0..<side {
                let x = -2 + 4 * Double(column) / Double(side - 1)
                let y = -2 + 4 * Double(row) / Double(side - 1)
                let turn = Double(lane) * 0.4 + 0.1 * x
                arrows.append(.init(x: x, y: y, dx: 0.8 - 0.2 * turn, dy: -0.3 - 0.2 * turn))
            }
        }
        let points = (0..<12).map { index in
            GradientFieldSummary.Arrow(
                x: -1 + 0.15 * Double(index), y: 0.6 - 0.12 * Double(index), dx: 0.5, dy: -0.5)
        }
        return GradientFieldSummary(
            lane: settings[lane].name, step: step, shareOnWinner: 0.5 - 0.12 * Double(lane - 1),
            medianRatio: 1.2, saturated: 0.02, capped: 0, meanDX: 0.7, meanDY: -0.7,
            arrows: arrows, points: points)
    }

    static func histogram(
        _ name: String, _ attribute: String, _ counts: [Int], step: Int, prompt: String = "a judge"
    ) -> PopulationHistogram {
        let classes =
            attribute == "gender"
            ? ["man", "woman", "person"]
            : ["light", "medium-light", "medium", "medium-dark", "dark"]
        let total = Double(counts.reduce(0, +))
        let square = counts.reduce(0.0) {
            let off = Double($1) / total - 1 / Double(classes.count)
            return $0 + off * off
        }
        return PopulationHistogram(
            lane: name, prompt: prompt, step: step, attribute: attribute, classes: classes,
            counts: counts, discrepancy: square.squareRoot(), meanConfidence: 0.93)
    }

    static func sheet(_ name: String, step: Int, prompt: String = "a judge") -> Thumbnails {
        let labels = ["man, light", "woman, medium-dark", "person, dark", "man, medium-light"]
        let pictures = (0..<8).map { index in
            var rgb: [UInt8] = []
            for y in 0..<32 {
                for x in 0..<32 {
                    let inside = (x - 16) * (x - 16) + (y - 16) * (y - 16) < 150
                    rgb += inside ? [UInt8(40 * (index % 6)), 160, UInt8(x * 8)] : [245, 245, 245]
                }
            }
            return Thumbnails.Picture(
                rgb: rgb, label: labels[index % labels.count], confidence: 0.9)
        }
        return Thumbnails(
            lane: name, prompt: prompt, step: step, width: 32, height: 32, pictures: pictures)
    }

    static func evaluation(_ name: String, _ shift: Double, step: Int) -> Evaluation {
        Evaluation(
            lane: name, step: step,
            figures: [
                .init(
                    name: "discrepancy_gender", value: 0.76 - shift, low: 0.7 - shift,
                    high: 0.8 - shift, n: 336),
                .init(
                    name: "held_out_discrepancy_gender", value: 0.74 - shift, low: 0.66 - shift,
                    high: 0.81 - shift, n: 144),
            ])
    }

    static func startEvents() -> [Event] {
        [
            .hello(EngineHello(version: "0.1.0", session: "starter", processID: 4711)),
            .state(state(step: 0)),
        ]
    }

    /// The whole session, in the order in which an engine tells it.
    static func events(steps: Int = 40) -> [Event] {
        var events = startEvents()
        for step in 1...steps {
            for lane in settings.indices { events.append(.step(metrics(lane, step: step))) }
        }
        for lane in settings.indices.dropFirst() { events.append(.field(field(lane, step: steps))) }
        let genders = [[20, 2, 2], [14, 6, 4], [12, 8, 4], [9, 8, 7], [10, 9, 5]]
        let tones = [
            [12, 6, 4, 1, 1], [9, 6, 5, 2, 2], [8, 6, 4, 4, 2], [5, 5, 5, 5, 4], [6, 5, 5, 4, 4],
        ]
        for (index, name) in (["base"] + settings.map(\.name)).enumerated() {
            let step = index == 0 ? 0 : steps
            events.append(.population(histogram(name, "gender", genders[index], step: step)))
            events.append(.population(histogram(name, "tone", tones[index], step: step)))
            events.append(.thumbnails(sheet(name, step: step)))
            events.append(.evaluation(evaluation(name, 0.08 * Double(index), step: step)))
        }
        events.append(
            .log(LogLine(level: .info, message: "populations read: 14 prompts", time: clock)))
        events.append(.state(state(step: steps)))
        return events
    }

    /// A screen that has heard the whole session and whose notices have gone.
    static func model(width: Int = 120, height: Int = 40) -> WorkbenchModel {
        var model = WorkbenchModel(
            themeNames: ["dark", "light"], exportFolder: "exports", now: clock - 60)
        _ = update(&model, .resized(width: width, height: height))
        _ = update(&model, .attached)
        for event in events() { _ = update(&model, .event(event)) }
        _ = update(&model, .clock(clock))
        return model
    }
}

extension WorkbenchModel {
    /// Presses keys one after the other and gathers what they lead to.
    mutating func press(_ keys: Key...) -> [WorkbenchEffect] {
        keys.flatMap { update(&self, .key($0)) }
    }

    /// Types characters.
    mutating func type(_ text: String) -> [WorkbenchEffect] {
        text.flatMap { update(&self, .key(.character($0))) }
    }
}
