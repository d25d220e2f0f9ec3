import BenchProtocol
import TerminalKit
import Testing
import Workbench

/// The view of the curves, compared with text files.
@Suite("Golden screens of the curves")
struct CurvesGoldenTests {
    /// A screen that has a file of its own.
    struct Screen: CustomTestStringConvertible, Sendable {
        var name: String
        var width: Int
        var height: Int
        /// What is typed after the view was opened.
        var keys: [Key] = []

        var testDescription: String { "\(name)-\(width)x\(height)" }
    }

    static let screens: [Screen] =
        [(40, 15), (80, 24), (120, 40), (200, 50)].map {
            Screen(name: "curves-view", width: $0.0, height: $0.1)
        } + [
            Screen(
                name: "curves-baseline", width: 120, height: 40,
                keys: [.enter, .character("b"), .character("d"), .left, .left, .left]),
            Screen(
                name: "curves-overlay", width: 80, height: 24,
                keys: [.character("m"), .character("m"), .character("+"), .character("o")]),
            Screen(
                name: "curves-list", width: 80, height: 24,
                keys: [.character("f")] + "disc".map(Key.character)),
            Screen(
                name: "curves-figure", width: 80, height: 24,
                keys: [.character("f")] + "disc".map(Key.character) + [.enter]),
            Screen(
                name: "curves-time-log", width: 120, height: 40,
                keys: "miaA".map(Key.character)),
        ]

    /// The session with the histories that its engine would have sent.
    static func model(width: Int, height: Int) -> WorkbenchModel {
        var model = Scripted.model(width: width, height: height)
        answer(update(&model, .show(.curves)), &model)
        return model
    }

    /// Answers whatever is asked for, as the engine would.
    static func answer(_ effects: [WorkbenchEffect], _ model: inout WorkbenchModel) {
        for case .send(.fetchCurve(let request)) in effects {
            let more = update(&model, .event(.curve(Scripted.curve(request))))
            answer(more, &model)
        }
    }

    @Test("the screen is as committed", arguments: screens)
    func screen(_ screen: Screen) throws {
        var model = Self.model(width: screen.width, height: screen.height)
        for key in screen.keys { Self.answer(update(&model, .key(key)), &model) }
        try compareWithGolden(
            snapshotFrame(model, width: screen.width, height: screen.height, theme: .builtin),
            named: screen.testDescription)
    }

    @Test("without colours the raw values are a band that hides no line")
    func mono() throws {
        var model = Self.model(width: 80, height: 24)
        model.colorDepth = .mono
        try compareWithGolden(
            snapshotFrame(model, width: 80, height: 24, theme: .builtin),
            named: "curves-mono-80x24")
    }

    @Test("the colours of the screen are as committed")
    func colors() throws {
        let model = Self.model(width: 80, height: 24)
        let canvas = snapshotFrame(model, width: 80, height: 24, theme: .builtin)
        try compareWithGolden(canvas.svg(theme: .builtin), file: "curves-view-80x24.svg")
    }
}

extension Scripted {
    /// The answer to a request, from the metrics and evaluations of the script.
    static func curve(_ request: CurveRequest, steps: Int = 40) -> Curve {
        let quantity = LoggedQuantity(name: request.quantity)
        var buckets: [Curve.Bucket] = []
        let lane = settings.firstIndex { $0.name == request.lane }
        if case .figure(let name) = quantity, let lane {
            for step in [10, 20, 30, 40] {
                let shift = 0.08 * Double(lane + 1) + 0.002 * Double(step)
                let figures = evaluation(request.lane, shift, step: step).figures
                guard let figure = figures.first(where: { $0.name == name }) else { continue }
                buckets.append(
                    .init(
                        step: step, minimum: figure.low, maximum: figure.high, mean: figure.value))
            }
        } else if let lane {
            for step in 1...steps {
                let value = quantity.value(in: metrics(lane, step: step)) ?? .nan
                buckets.append(.init(step: step, minimum: value, maximum: value, mean: value))
            }
        }
        return Curve(
            lane: request.lane, quantity: request.quantity, firstStep: request.firstStep,
            lastStep: request.lastStep,
            buckets: buckets.filter { (request.firstStep...request.lastStep).contains($0.step) })
    }
}
