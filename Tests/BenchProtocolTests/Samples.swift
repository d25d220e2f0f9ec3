import BenchProtocol

/// A small generator with a seed, so that a property that fails fails again.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        // SplitMix64.
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

let sampleSettings = LaneSettings(
    name: "popalign", objective: "popalign", beta: 2000, kappa: 1, learningRate: 1e-4,
    warmupSteps: 20)

let sampleEvents: [Event] = {
    var step = StepMetrics(lane: "dpo \"α\"\n", step: 17)
    step.loss = 0.1
    step.margin = -.infinity
    step.winnerLogRatio = .leastNonzeroMagnitude
    step.klProxy = 1.7976931348623157e308
    step.time = 1_700_000_000.123
    step.quartiles = [TimestepQuartile(images: 8), TimestepQuartile(images: 0)]
    step.quartiles[0].loss = 0.5
    let state = SessionState(
        phase: .training, session: "starter", step: 3, endStep: 300,
        lanes: [
            LaneState(settings: sampleSettings, step: 3),
            LaneState(
                settings: LaneSettings(
                    name: "js", objective: "f-dpo", divergence: "alpha", beta: 1, kappa: 0.5,
                    alpha: 0.3, sftWeight: 250, safeguard: 0.9, learningRate: 2e-4, warmupSteps: 0),
                step: 2),
        ],
        prompts: [PromptState(prompt: "a judge", trained: true)], selectedPrompt: "a judge",
        stepsPerSecond: 1.5, imagesPerSecond: 48, secondsLeft: .nan, savedStep: nil, savedAt: 12.5,
        kernel: "OpenBLAS Haswell")
    return [
        .hello(EngineHello(version: "0.1.0", session: "/s", processID: 4711)),
        .state(state),
        .step(step),
        .field(
            GradientFieldSummary(
                lane: "js", step: 1, shareOnWinner: 0.25, medianRatio: .nan, saturated: 0,
                capped: 1, meanDX: -1, meanDY: 2,
                arrows: [.init(x: -2, y: 3, dx: .nan, dy: 0.5)], points: [],
                quartiles: [FieldQuartile(pairs: 0)])),
        .population(
            PopulationHistogram(
                lane: "base", prompt: "a judge", step: 0, attribute: "gender",
                classes: ["woman", "man"], counts: [3, 21], discrepancy: 0.5303,
                meanConfidence: 0.99)),
        .thumbnails(
            Thumbnails(
                lane: "js", prompt: "a judge", step: 5, width: 2, height: 1,
                pictures: [
                    .init(rgb: [0, 255, 1, 254, 2, 253], label: "woman, dark", confidence: .nan)
                ])),
        .evaluation(
            Evaluation(
                lane: "js", step: 9,
                figures: [
                    .init(name: "discrepancy_gender", value: 0.4, low: 0.3, high: .nan, n: 480)
                ]
            )),
        .diagnostic(
            Diagnostic(
                kind: .likelihoodDisplacement, lane: "js", step: 80, since: 61, value: 0.07,
                bound: .nan, message: "winners fall", cleared: false)),
        .checkpoint(
            CheckpointSaved(
                step: 100, path: "checkpoints/100", seconds: 0.4, bytes: 1 << 40, kept: 3)),
        .curve(
            Curve(
                lane: "js", quantity: "loss", firstStep: 0, lastStep: 99,
                buckets: [.init(step: 4, minimum: 0, maximum: 1, mean: .nan)])),
        .progress(
            TaskProgress(task: "collect", done: 3, total: 10, secondsLeft: .infinity, message: "😀")),
        .log(
            LogLine(
                level: .warning, message: "tab\tbell\u{7}\u{1B}[31m\\ / \u{2028}", time: 1,
                earlier: true)),
        .failure(Failure(message: "disk full", fatal: false)),
        .goodbye(Goodbye(reason: "stopped", step: 42)),
        .populationHistory(
            PopulationHistory(
                lane: "js", prompt: "a judge", attribute: "gender", classes: ["woman", "man"],
                points: [.init(step: 0, counts: [3, 21]), .init(step: 25, counts: [12, 12])])),
        .planted(
            PlantedDistribution(
                prompt: "a judge", attribute: "gender", classes: ["woman", "man"],
                shares: [0.19, 0.81])),
        .film(
            Film(
                lane: "js", prompt: "a judge", index: 3, step: 25, inferenceSteps: 12, width: 1,
                height: 2,
                frames: [
                    .init(
                        taken: 12, timestep: 83, rgb: [1, 2, 3, 4, 5, 255], label: "woman, dark",
                        confidence: .nan)
                ])),
    ]
}()

let sampleCommands: [Command] = [
    .hello(protocolVersion: 1), .start, .pause, .step(count: 20), .save, .stop,
    .selectPrompt(prompt: "a judge"), .sample(prompt: "a judge", count: 8), .collect, .evaluate,
    .export(lane: "js", path: "/a b"), .addLane(lane: sampleSettings),
    .changeLane(lane: sampleSettings), .removeLane(name: "js"),
    .fetchCurve(
        CurveRequest(lane: "js", quantity: "loss", firstStep: 0, lastStep: 99, points: 50)),
    .refresh, .fetchPopulations(prompt: "a judge", points: 64),
    .film(lane: "js", prompt: "a judge", index: 3, frames: 8), .cancel(task: "evaluate"),
]

/// The line type of an event; a new case does not compile until it is named here.
func lineType(_ event: Event) -> String {
    switch event {
    case .hello: "hello"
    case .state: "state"
    case .step: "step"
    case .field: "field"
    case .population: "population"
    case .thumbnails: "thumbnails"
    case .populationHistory: "population_history"
    case .planted: "planted"
    case .film: "film"
    case .evaluation: "evaluation"
    case .diagnostic: "diagnostic"
    case .checkpoint: "checkpoint"
    case .curve: "curve"
    case .progress: "progress"
    case .log: "log"
    case .failure: "failure"
    case .goodbye: "goodbye"
    }
}

/// The line type of a command; a new case does not compile until it is named here.
func lineType(_ command: Command) -> String {
    switch command {
    case .hello: "hello"
    case .start: "start"
    case .pause: "pause"
    case .step: "step"
    case .save: "save"
    case .stop: "stop"
    case .selectPrompt: "select_prompt"
    case .sample: "sample"
    case .collect: "collect"
    case .evaluate: "evaluate"
    case .export: "export"
    case .addLane: "add_lane"
    case .changeLane: "change_lane"
    case .removeLane: "remove_lane"
    case .fetchCurve: "fetch_curve"
    case .fetchPopulations: "fetch_populations"
    case .film: "film"
    case .cancel: "cancel"
    case .refresh: "refresh"
    }
}
let eventTypeCount = 17
let commandTypeCount = 19
