import BenchProtocol
import Figures
import Foundation
import TerminalKit
import Testing
import Workbench

@Suite("Random keys")
struct RandomKeysTests {
    private typealias Dice = RenderPropertyTests.Dice

    /// More of them by POPBENCH_SEEDS, such as 5-99.
    static let seeds: [UInt64] = {
        let asked = ProcessInfo.processInfo.environment["POPBENCH_SEEDS"] ?? "1-4"
        let ends = asked.split(separator: "-").compactMap { UInt64($0) }
        return ends.count == 2 && ends[0] <= ends[1] ? Array(ends[0]...ends[1]) : [1, 2, 3, 4]
    }()

    /// Every letter often, as people hit them, and every other key.
    private static func key(_ dice: inout Dice, in model: WorkbenchModel) -> Key {
        let others: [Key] = [
            .up, .down, .left, .right, .pageUp, .pageDown, .home, .end, .enter, .tab, .backTab,
            .escape, .backspace, .delete, .function(1), .alt("3"), .alt("s"), .control("k"),
            .control("u"), .control("w"), .control("c"), .control("_"), .control("a"),
            .paste("5e-4"), .paste("a\nb\u{1B}[A医"), .character("医"), .character("\u{301}"),
        ]
        switch Int.random(in: 0..<10, using: &dice) {
        case 0..<6:
            return .character(
                Character(UnicodeScalar(UInt8.random(in: 32..<127, using: &dice))))
        case 6:
            let action: MouseEvent.Action = [
                .press(button: 1), .release(button: 1), .scrollUp, .scrollDown,
            ].randomElement(using: &dice)!
            return .mouse(
                MouseEvent(
                    action, x: Int.random(in: -2..<(model.width + 3), using: &dice),
                    y: Int.random(in: -2..<(model.height + 3), using: &dice)))
        default: return others.randomElement(using: &dice)!
        }
    }

    /// What a program would answer to requests about sessions.
    private static func answer(
        _ request: SessionRequest, _ model: WorkbenchModel, _ dice: inout Dice
    ) -> SessionNews {
        switch request {
        case .prepareFork(_, let lane): .sheet(Scripted.sheet(.forkLane(lane ?? "popalign")))
        case .readRecipe, .readSession: .sheet(Scripted.sheet(.new))
        case .check(let draft):
            .checked(
                ticket: draft.ticket,
                Bool.random(using: &dice)
                    ? nil
                    : RecipeProblem(line: Int.random(in: -1..<99, using: &dice), message: "no"))
        case .make: .notMade(RecipeProblem(line: nil, message: "the disk is full"))
        default: Bool.random(using: &dice) ? .done("done") : .failed("it cannot be done")
        }
    }

    /// What an engine would answer to a command, now and then.
    private static func answer(_ command: Command, _ dice: inout Dice) -> [Event] {
        guard Int.random(in: 0..<4, using: &dice) > 0 else {
            return [.failure(Failure(message: "it cannot be done", fatal: false))]
        }
        switch command {
        case .fetchCurve(let request):
            let last = min(40, request.lastStep)
            let first = max(0, min(request.firstStep, last))
            let count = Int.random(in: 0..<8, using: &dice)
            return [
                .curve(
                    Curve(
                        lane: request.lane, quantity: request.quantity,
                        firstStep: request.firstStep, lastStep: request.lastStep,
                        buckets: (0..<count).map { place in
                            let value = Double.random(in: -2..<2, using: &dice)
                            return .init(
                                step: first + place, minimum: value - 1, maximum: value + 1,
                                mean: value)
                        }))
            ]
        case .selectPrompt(let prompt):
            return [.state(Scripted.state(step: 40, prompt: prompt))]
        case .film(let lane, _, let index, _):
            return [.film(PopulationScript.film(lane, index: index, step: 40))]
        case .evaluate:
            return [
                .progress(
                    TaskProgress(
                        task: "evaluate", done: 0, total: 9, secondsLeft: .nan, message: ""))
            ]
        default: return []
        }
    }

    @Test(
        "thousands of keys at any size, obeyed and drawn, never trap",
        arguments: RandomKeysTests.seeds)
    func keys(seed: UInt64) {
        var dice = Dice(state: seed)
        var model = Scripted.sessions(width: 100, height: 30)
        for event in PopulationScript.events { _ = update(&model, .event(event)) }
        var events: [Event] = []
        var frame = snapshotFrame(model, width: 100, height: 30, theme: .builtin)
        let fresh = model
        for turn in 0..<1_500 {
            // Whoever has left comes again.
            if !model.isAttached, turn % 50 == 0 { model = fresh }
            if Int.random(in: 0..<40, using: &dice) == 0 {
                let width = Int.random(in: 1..<220, using: &dice)
                _ = update(
                    &model, .resized(width: width, height: Int.random(in: 1..<60, using: &dice)))
            }
            _ = update(&model, .drawn(frame.hitAreas))
            var waiting = update(&model, .key(Self.key(&dice, in: model)))
            while let effect = waiting.popLast() {
                switch effect {
                case .sessions(let request):
                    waiting += update(&model, .sessions(Self.answer(request, model, &dice)))
                case .send(let command):
                    for event in Self.answer(command, &dice) {
                        waiting += update(&model, .event(event))
                    }
                case .write(let file):
                    if case .figure(let figure) = file.content {
                        _ = figure.picture(scale: 1)
                        _ = figure.svg()
                    }
                default: break
                }
            }
            if turn % 20 == 0 {
                if events.isEmpty {
                    events = (Scripted.events(steps: 3) + PopulationScript.events)
                        .shuffled(using: &dice)
                    if turn % 100 == 0 { events += RenderPropertyTests.hostile(&dice) }
                }
                if let event = events.popLast() { _ = update(&model, .event(event)) }
            }
            _ = update(&model, .clock(Scripted.clock + Double(turn)))
            frame = snapshotFrame(
                model, width: model.width, height: model.height, theme: .builtin)
            #expect(frame.width == model.width)
        }
    }
}
