import BenchProtocol
import Foundation
import TerminalKit
import TrainingEngine
import Workbench

/// From a key to the drawn frame in the view of the curves, by the length of the history, in time of
/// the screen's one thread.
///
/// The screen gets its curves as it does from an engine: from the pyramids of a session's database.
/// Beside that a chart is drawn from all points in memory, smoothed anew for every frame, which is
/// what the pyramids spare it.
enum ScreenBenchmarks {
    private static let lanes = ["popalign", "dpo", "fdpo-js", "sft"]
    private static let size = (width: 200, height: 50)
    private static let frames = 300

    static func run(most: Int) throws {
        for count in [1_000, 10_000, 100_000, 1_000_000, 10_000_000] where count <= most {
            try session(of: count)
            try inMemory(count)
        }
    }

    // MARK: From the engine

    private static func session(of steps: Int) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "popbench-screen-\(ProcessInfo.processInfo.processIdentifier)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try MetricsStore(path: folder.appendingPathComponent("metrics.sqlite").path)
        for step in 1...steps {
            for (index, lane) in lanes.enumerated() {
                var metrics = StepMetrics(lane: lane, step: step)
                metrics.loss = value(step, index)
                metrics.implicitAccuracy = 1 - metrics.loss
                metrics.time = Double(step)
                store.record(metrics)
            }
            if step % 20_000 == 0 { try store.flush() }
        }
        try store.flush()
        var model = screen(steps: steps)
        var answers: [Double] = []
        func take(_ input: WorkbenchInput) throws {
            var waiting = update(&model, input)
            while let effect = waiting.popLast() {
                guard case .send(.fetchCurve(let request)) = effect else { continue }
                let start = processorSeconds()
                let curve = try store.curve(request)
                answers.append(processorSeconds() - start)
                waiting += update(&model, .event(.curve(curve)))
            }
        }
        for event in events(steps: steps) { try take(.event(event)) }
        try take(.show(.curves))
        // One chart with four lanes, zoomed in and out and read all over, as a person does.
        try take(.key(.enter))
        func frames(_ name: String, _ keys: [Key]) throws {
            var seconds: [Double] = []
            for frame in 0..<Self.frames {
                // The answers' time is the engine's: only the screen's own work is counted.
                let before = answers.count
                let start = processorSeconds()
                try take(.key(keys[frame % keys.count]))
                var canvas = Canvas(width: size.width, height: size.height)
                render(model, into: &canvas, theme: .builtin)
                let all = processorSeconds() - start
                seconds.append(all - answers[before...].reduce(0, +))
            }
            report(name, seconds, size: steps)
        }
        try frames("a key to a frame, whole history", [.left, .right])
        let zooms = Array(repeating: Key.character("+"), count: 12)
        let pans = Array(repeating: Key.character("h"), count: 6)
        try frames(
            "a key to a frame, zooming and panning",
            zooms + pans + Array(repeating: .character("-"), count: 12))
        try take(.key(.character("r")))
        try take(.key(.enter))
        try frames("a key to a frame, six cells of four lanes", [.left, .right])
        if !answers.isEmpty { report("the engine's answer for one curve", answers, size: steps) }
        try store.close()
    }

    private static func screen(steps: Int) -> WorkbenchModel {
        var model = WorkbenchModel(now: 1_700_000_000)
        _ = update(&model, .resized(width: size.width, height: size.height))
        _ = update(&model, .attached)
        return model
    }

    private static func events(steps: Int) -> [Event] {
        let states = lanes.map { name in
            LaneState(
                settings: LaneSettings(
                    name: name, objective: "popalign", divergence: nil, beta: 1, kappa: 1000,
                    learningRate: 1e-4, warmupSteps: 20), step: steps)
        }
        return [
            .hello(EngineHello(version: "0", session: "screen", processID: 1)),
            .state(
                SessionState(
                    phase: .paused, session: "screen", step: steps, endStep: steps, lanes: states,
                    prompts: [], selectedPrompt: "", stepsPerSecond: 3, imagesPerSecond: 99,
                    secondsLeft: 0, savedStep: steps, savedAt: 0, kernel: "")),
        ]
    }

    // MARK: From memory

    private static func inMemory(_ count: Int) throws {
        let points = (1...count).map { ChartPoint(x: Double($0), y: value($0, 0)) }
        let style = Theme.builtin.series(0)
        func frames(_ name: String, _ chart: () -> BrailleChart) {
            var seconds: [Double] = []
            for _ in 0..<(count > 1_000_000 ? 30 : 100) {
                let start = processorSeconds()
                var canvas = Canvas(width: size.width, height: size.height)
                canvas.draw(chart(), in: canvas.bounds)
                seconds.append(processorSeconds() - start)
            }
            report(name, seconds, size: count)
        }
        let plain = BrailleChart(series: [ChartSeries(label: "1", points: points, style: style)])
        frames("all points in memory, one line") { plain }
        let smooth = BrailleChart(series: [
            ChartSeries(label: "1", raw: points, smoothing: 0.99, style: style)
        ])
        frames("all points in memory, a line over raw values") { smooth }
        frames("the same, smoothed anew for every frame") {
            BrailleChart(series: [
                ChartSeries(label: "1", raw: points, smoothing: 0.99, style: style)
            ])
        }
    }

    /// What this thread has used of its processor: neighbours that share it are not the screen's doing.
    private static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Noise on a slow fall, the same in every run.
    private static func value(_ step: Int, _ lane: Int) -> Double {
        let noise = Double((step &* 7919 &+ lane &* 104_729) % 1009) / 1009 - 0.5
        return 0.3 + 0.4 / (1 + Double(step) / 5000) + 0.2 * noise
    }

    private static func report(_ name: String, _ seconds: [Double], size: Int) {
        let sorted = seconds.sorted()
        let high = sorted[min(sorted.count - 1, sorted.count * 99 / 100)]
        Line(
            group: "screen", name: name, seconds: sorted[sorted.count / 2], value: high * 1000,
            unit: "ms at the 99th percentile", size: Double(size)
        ).print()
    }
}
