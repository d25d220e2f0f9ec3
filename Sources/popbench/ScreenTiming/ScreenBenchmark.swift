import BenchProtocol
import EngineLink
import Foundation
import Glibc
import TerminalKit
import TrainingEngine
import Workbench

/// What the benchmark of the screen measured; the keys of `popbench benchmark --what screen`.
struct ScreenBenchmarkResult: Encodable {
    let what = "screen"
    /// Cores of the machine, all of which the engine trains on.
    var cores = 0
    /// Columns and rows of the terminal.
    var size = "120x40"
    /// Keys pressed while the engine trained.
    var keys = 0
    /// From a key's press to the first byte of the changed screen, in milliseconds.
    var keyMedian = Double.nan
    /// The same, of which 99 of 100 presses stay below.
    var keyP99 = Double.nan
    /// From a key's press to the last byte of the changed screen, in milliseconds.
    var frameMedian = Double.nan
    /// The same, of which 99 of 100 presses stay below.
    var frameP99 = Double.nan
    /// The screen's share of one core while the engine trains and nobody presses a key.
    var trainingShare = Double.nan
    /// How often a second any of the screen's threads is woken, paused and idle.
    var idleWakeUps = Double.nan
    /// Memory of the screen's process in MiB when training had begun, and at the end.
    var screenMemory: [Double] = []
    /// Memory of the engine's process in MiB when training had begun, and at the end.
    var engineMemory: [Double] = []
    /// Steps of telemetry that a screen was told in a process of its own, without an engine.
    var simulatedSteps = 0
    /// Memory in MiB after a tenth of them, and after all.
    var simulatedMemory: [Double] = []

    enum CodingKeys: String, CodingKey {
        case what, cores, size, keys
        case keyMedian = "key_median_ms"
        case keyP99 = "key_p99_ms"
        case frameMedian = "frame_median_ms"
        case frameP99 = "frame_p99_ms"
        case trainingShare = "cpu_share_training"
        case idleWakeUps = "wakeups_per_s_idle"
        case screenMemory = "screen_mb"
        case engineMemory = "engine_mb"
        case simulatedSteps = "simulated_steps"
        case simulatedMemory = "simulated_mb"
    }
}

/// Measures the workbench from outside, as a person at a terminal meets it.
struct ScreenBenchmark {
    /// Presses of keys.
    let presses: Int
    /// How long each share is measured.
    let seconds: Double

    func run() throws -> ScreenBenchmarkResult {
        var result = ScreenBenchmarkResult()
        result.cores = ProcessInfo.processInfo.activeProcessorCount
        try simulate(&result)
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("popbench-screen-\(getpid())").path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let session = folder + "/session"
        let screen = try WatchedScreen(
            ["--session", session, "--recipe", Locations.defaultRecipe], width: 120, height: 40)
        try screen.wait(for: "● training", within: .seconds(300))
        guard case .running(let engine, _) = SessionStatus.inspect(session) else {
            throw EngineError("no engine runs for \(session)")
        }
        defer { end(engine, screen) }
        // The first steps allocate what all the others use again.
        screen.watch(for: .seconds(seconds))
        result.screenMemory.append(ProcessFacts.residentMegabytes(screen.pid))
        result.engineMemory.append(ProcessFacts.residentMegabytes(engine))

        measureShare(screen, &result)
        measureKeys(screen, &result)
        result.screenMemory.append(ProcessFacts.residentMegabytes(screen.pid))
        result.engineMemory.append(ProcessFacts.residentMegabytes(engine))
        try measureIdleness(screen, &result)
        return result
    }

    private func measureShare(_ screen: WatchedScreen, _ result: inout ScreenBenchmarkResult) {
        let start = ContinuousClock.now
        let before = ProcessFacts.processorSeconds(screen.pid)
        screen.watch(for: .seconds(seconds))
        let spent = ProcessFacts.processorSeconds(screen.pid) - before
        result.trainingShare = spent / ((ContinuousClock.now - start) / .seconds(1))
    }

    private func measureKeys(_ screen: WatchedScreen, _ result: inout ScreenBenchmarkResult) {
        var first: [Double] = []
        var whole: [Double] = []
        // Every one of them changes much of the screen: views, and the palette over them.
        let keys = ["2", "7", "1", ":", "\u{3}", "4", "3", "1", "z", "z"]
        for press in 0..<presses {
            // A frame of data under way would be taken for the answer.
            guard screen.settle(quiet: .milliseconds(12), within: .seconds(5)) else { continue }
            let start = ContinuousClock.now
            screen.type(keys[press % keys.count])
            guard screen.read(within: .seconds(2)) != nil else { continue }
            var last = ContinuousClock.now
            first.append((last - start) / .milliseconds(1))
            while screen.read(within: .milliseconds(3)) != nil { last = .now }
            whole.append((last - start) / .milliseconds(1))
        }
        result.keys = first.count
        (result.keyMedian, result.keyP99) = Self.quantiles(first)
        (result.frameMedian, result.frameP99) = Self.quantiles(whole)
    }

    private func measureIdleness(
        _ screen: WatchedScreen, _ result: inout ScreenBenchmarkResult
    ) throws {
        screen.type("1 ")
        try screen.wait(for: "paused", within: .seconds(120))
        // The news that it paused stays for eight seconds, and its going is a frame.
        screen.watch(for: .seconds(10))
        let before = ProcessFacts.wakeUps(screen.pid)
        screen.watch(for: .seconds(seconds))
        result.idleWakeUps = (ProcessFacts.wakeUps(screen.pid) - before) / seconds
    }

    /// Ends the screen first, then its engine, which has nothing worth saving.
    private func end(_ engine: Int32, _ screen: WatchedScreen) {
        kill(screen.pid, SIGTERM)
        screen.watch(for: .milliseconds(500))
        kill(engine, SIGTERM)
        let deadline = ContinuousClock.now + .seconds(20)
        while kill(engine, 0) == 0, ContinuousClock.now < deadline { usleep(20_000) }
        if kill(engine, 0) == 0 { kill(engine, SIGKILL) }
    }

    /// The median, and what 99 of 100 stay below.
    static func quantiles(_ values: [Double]) -> (median: Double, p99: Double) {
        guard !values.isEmpty else { return (.nan, .nan) }
        let sorted = values.sorted()
        return (
            sorted[sorted.count / 2], sorted[min(sorted.count - 1, sorted.count * 99 / 100)]
        )
    }

    // MARK: A million steps

    /// Tells a screen a million steps of four lanes, drawing as it goes, and looks at its memory.
    private func simulate(_ result: inout ScreenBenchmarkResult) throws {
        let steps = 1_000_000
        let lanes = (1...4).map { number in
            LaneState(
                settings: LaneSettings(
                    name: "lane-\(number)", objective: "popalign", beta: 1, kappa: 1,
                    learningRate: 1e-4, warmupSteps: 0), step: 0)
        }
        let state = SessionState(
            phase: .training, session: "simulated", step: 0, endStep: steps, lanes: lanes,
            prompts: [], selectedPrompt: "", stepsPerSecond: 1, imagesPerSecond: 1, secondsLeft: 1,
            savedStep: nil, savedAt: nil, kernel: "")
        var model = WorkbenchModel()
        _ = update(&model, .resized(width: 120, height: 40))
        _ = update(&model, .event(.state(state)))
        let own = getpid()
        for step in 1...steps {
            for lane in lanes {
                var metrics = StepMetrics(lane: lane.settings.name, step: step)
                metrics.loss = 0.5 + 0.1 * sin(Double(step) / 1000)
                metrics.implicitAccuracy = 0.6
                _ = update(&model, .event(.step(metrics)))
            }
            if step % 5000 == 0 {
                _ = snapshotFrame(model, width: 120, height: 40, theme: .builtin)
            }
            if step == steps / 10 || step == steps {
                result.simulatedMemory.append(ProcessFacts.residentMegabytes(own))
            }
        }
        result.simulatedSteps = steps
    }
}
