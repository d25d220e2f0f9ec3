import BenchProtocol
import Foundation
import TerminalKit
import Testing
import Workbench

@Suite("The mouse")
struct MouseTests {
    /// Draws, so that the model knows what lies where, then acts.
    @discardableResult
    private func act(
        _ model: inout WorkbenchModel, _ action: MouseEvent.Action, _ x: Int, _ y: Int
    ) -> [WorkbenchEffect] {
        let frame = snapshotFrame(model, width: model.width, height: model.height, theme: .builtin)
        _ = update(&model, .drawn(frame.hitAreas))
        return update(&model, .key(.mouse(MouseEvent(action, x: x, y: y))))
    }

    private func click(
        _ model: inout WorkbenchModel, _ x: Int, _ y: Int
    ) -> [WorkbenchEffect] {
        let effects = act(&model, .press(button: 1), x, y)
        return effects + act(&model, .release(button: 1), x, y)
    }

    private func place(of text: String, in model: WorkbenchModel) throws -> (Int, Int) {
        let frame = snapshotFrame(model, width: model.width, height: model.height, theme: .builtin)
        for y in 0..<model.height {
            let row = String(frame.row(y).map { $0.isContinuation ? " " : $0.glyph })
            if let range = row.range(of: text) {
                return (row.distance(from: row.startIndex, to: range.lowerBound), y)
            }
        }
        return try #require(nil as (Int, Int)?, "\(text) is not on the screen")
    }

    @Test("a click on a tab, a key of the last line, or a row of a question does what a key does")
    func clicks() throws {
        var model = Scripted.model()
        var (x, y) = try place(of: "3 compare", in: model)
        _ = click(&model, x + 2, y)
        #expect(model.view == .compare)
        _ = model.type("1")
        (x, y) = try place(of: "s save", in: model)
        #expect(click(&model, x, y) == [.send(.save)])
        _ = update(&model, .clock(Scripted.clock + 60))
        (x, y) = try place(of: "q quit", in: model)
        _ = click(&model, x, y)
        #expect(model.overlay == .quit)
        // A tab beneath a question waits for the answer.
        (x, y) = try place(of: "2 curves", in: model)
        _ = click(&model, x, y)
        #expect(model.overlay == .quit && model.view == .dashboard)
        (x, y) = try place(of: "leave it training", in: model)
        #expect(click(&model, x, y) == [.quit(.leaveTraining)])
    }

    @Test("a click focuses a panel, another one gives it the screen")
    func panels() throws {
        var model = Scripted.model()
        let (x, y) = try place(of: "win g", in: model)
        _ = click(&model, x, y + 1)
        #expect(model.focusedPanel == .lanes && !model.isZoomed)
        _ = click(&model, x, y + 1)
        #expect(model.isZoomed)
    }

    @Test("a border is dragged by pressing on it and letting go elsewhere, and R puts it back")
    func drag() throws {
        var model = Scripted.model()
        func layout() -> DashboardLayout {
            let sizeClass = SizeClass(width: 120, height: 40)
            let frame = ScreenFrame(Rect(width: 120, height: 40), sizeClass)
            return DashboardLayout(
                frame.view, sizeClass, only: nil, focused: .curves, split: model.split)
        }
        let usual = layout().panels[0].rect
        act(&model, .press(button: 1), usual.maxX, usual.y + 3)
        act(&model, .release(button: 1), usual.maxX + 9, usual.y + 5)
        #expect(layout().panels[0].rect.width == usual.width + 9)
        #expect(model.focusedPanel == .curves)
        act(&model, .press(button: 1), 5, usual.maxY)
        act(&model, .release(button: 1), 70, usual.maxY - 2)
        #expect(layout().panels[0].rect.height == usual.height - 2)
        // Far beyond the screen it stops where the neighbour would become too small.
        act(&model, .press(button: 1), 5, layout().panels[0].rect.maxY)
        act(&model, .release(button: 1), 5, 39)
        #expect(layout().panels.allSatisfy { $0.rect.width >= 20 && $0.rect.height >= 5 })
        _ = model.type("R")
        #expect(model.split == DashboardSplit())
        _ = model.type("u")
        #expect(model.split != DashboardSplit())
        _ = model.type("R>")
        #expect(layout().panels[0].rect.width == usual.width + 2)
    }

    @Test("pressed and released at one place, a border is only the edge of a panel")
    func clickOnEdge() {
        var model = Scripted.model()
        let frame = ScreenFrame(Rect(width: 120, height: 40), .full)
        let layout = DashboardLayout(frame.view, .full, only: nil, focused: .curves)
        let field = layout.panels[2].rect
        _ = click(&model, field.x + 4, field.y)
        #expect(model.focusedPanel == .field && model.split == DashboardSplit())
    }

    @Test("moved borders leave every panel whole at every size, and panels tile the view")
    func splitsTile() {
        var dice = RenderPropertyTests.Dice(state: 8)
        for _ in 0..<3000 {
            let (width, height) = (
                Int.random(in: 40...220, using: &dice), Int.random(in: 12...60, using: &dice)
            )
            var split = DashboardSplit()
            split.top = Int.random(in: -80...80, using: &dice)
            split.middle = [Int.min, -9, 9, Int.max].randomElement(using: &dice) ?? 0
            split.upper = Int.random(in: -300...300, using: &dice)
            split.lower = Int.random(in: -300...300, using: &dice)
            let sizeClass = SizeClass(width: width, height: height)
            let frame = ScreenFrame(Rect(width: width, height: height), sizeClass)
            let layout = DashboardLayout(
                frame.view, sizeClass, only: nil, focused: .curves, split: split)
            var covered = 0
            for (index, item) in layout.panels.enumerated() {
                covered += item.rect.width * item.rect.height
                #expect(item.rect.height >= 3)
                for other in layout.panels.dropFirst(index + 1) {
                    #expect(item.rect.intersection(other.rect).isEmpty)
                }
            }
            #expect(covered == width * frame.view.height, "\(width)x\(height) \(split)")
        }
    }

    @Test("the wheel scrolls help, palette, themes and log")
    func wheel() {
        var model = Scripted.model(width: 80, height: 24)
        _ = model.type("?")
        act(&model, .scrollDown, 10, 10)
        var scrolled = HelpText()
        scrolled.scroll = 3
        #expect(model.overlay == .help(scrolled))
        act(&model, .scrollUp, 10, 10)
        #expect(model.overlay == .help(HelpText()))
        _ = model.press(.escape)
        _ = model.type(":")
        act(&model, .scrollDown, 10, 10)
        act(&model, .scrollDown, 10, 10)
        if case .palette(let palette) = model.overlay { #expect(palette.selected == 2) }
        _ = model.press(.escape)
        _ = model.type("t")
        #expect(act(&model, .scrollDown, 70, 3) == [.useTheme("light")])
    }

    @Test("a click on a row of the palette does it; on a theme shows it, then keeps it")
    func rows() throws {
        var model = Scripted.model(width: 120, height: 40)
        _ = model.type(":evaluate")
        var (x, y) = try place(of: "Measure fairness", in: model)
        #expect(click(&model, x, y) == [.send(.evaluate)])
        _ = model.type("t")
        (x, y) = try place(of: "light", in: model)
        #expect(click(&model, x, y) == [.useTheme("light")])
        #expect(click(&model, x, y) == [.useTheme("light"), .rememberTheme("light")])
        #expect(model.overlay == nil)
    }

    @Test("no sequence of mouse actions traps")
    func anything() {
        var dice = RenderPropertyTests.Dice(state: 11)
        var model = Scripted.model(width: 90, height: 30)
        let actions: [MouseEvent.Action] = [
            .press(button: 1), .release(button: 1), .press(button: 3), .scrollUp, .scrollDown,
        ]
        for step in 0..<1500 {
            if step % 7 == 0, let key = RenderPropertyTests.keys.randomElement(using: &dice) {
                _ = update(&model, .key(key))
            }
            let action = actions.randomElement(using: &dice) ?? .scrollUp
            act(
                &model, action, Int.random(in: -2..<95, using: &dice),
                Int.random(in: -2..<33, using: &dice))
        }
        #expect(model.width == 90)
    }
}
