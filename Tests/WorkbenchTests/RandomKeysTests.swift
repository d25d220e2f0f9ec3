import BenchProtocol
import TerminalKit
import Testing
import Workbench

@Suite("Random keys")
struct RandomKeysTests {
    private typealias Dice = RenderPropertyTests.Dice

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
                    ? nil : RecipeProblem(line: Int.random(in: -1..<99, using: &dice), message: "no"))
        case .make: .notMade(RecipeProblem(line: nil, message: "the disk is full"))
        default: Bool.random(using: &dice) ? .done("done") : .failed("it cannot be done")
        }
    }

    @Test(
        "thousands of keys at any size, obeyed and drawn, never trap",
        arguments: [UInt64(1), 2, 3, 4])
    func keys(seed: UInt64) {
        var dice = Dice(state: seed)
        var model = Scripted.sessions(width: 100, height: 30)
        for event in PopulationScript.events { _ = update(&model, .event(event)) }
        var frame = snapshotFrame(model, width: 100, height: 30, theme: .builtin)
        for turn in 0..<1_500 {
            if Int.random(in: 0..<40, using: &dice) == 0 {
                let width = Int.random(in: 1..<220, using: &dice)
                _ = update(
                    &model, .resized(width: width, height: Int.random(in: 1..<60, using: &dice)))
            }
            _ = update(&model, .drawn(frame.hitAreas))
            var waiting = update(&model, .key(Self.key(&dice, in: model)))
            while let effect = waiting.popLast() {
                guard case .sessions(let request) = effect else { continue }
                waiting += update(&model, .sessions(Self.answer(request, model, &dice)))
            }
            _ = update(&model, .clock(Scripted.clock + Double(turn)))
            frame = snapshotFrame(
                model, width: model.width, height: model.height, theme: .builtin)
            #expect(frame.width == model.width)
        }
    }
}
