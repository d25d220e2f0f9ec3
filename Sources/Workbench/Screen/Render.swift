import BenchProtocol
import TerminalKit

/// Draws the whole screen of a model.
///
/// Pure: reads nothing but its arguments, and draws something sensible at every size from 1x1.
public func render(_ model: WorkbenchModel, into canvas: inout Canvas, theme: Theme) {
    canvas.fill(canvas.bounds, theme.base)
    let sizeClass = SizeClass(width: canvas.width, height: canvas.height)
    guard sizeClass != .tiny else {
        canvas.draw(TinyScreen(model: model, theme: theme), in: canvas.bounds)
        return
    }
    let frame = ScreenFrame(canvas.bounds, sizeClass)
    draw(model, into: &canvas, in: frame.view, theme: theme)
    if model.greets, model.overlay == nil {
        canvas.draw(Greeting(model: model, theme: theme), in: frame.view)
    }
    if let overlay = model.overlay {
        // What lies beneath an overlay is out of the mouse's reach.
        canvas.unmark()
        draw(overlay, of: model, into: &canvas, in: frame.view, theme: theme)
    }
    canvas.draw(TabLine(model: model, theme: theme), in: frame.tabs)
    canvas.draw(StatusLine(model: model, theme: theme), in: frame.status)
    canvas.draw(HintLine(model: model, theme: theme), in: frame.hints)
    canvas.keepReadable(in: theme)
}

/// The lines around a view: tabs above, where there is room, status and keys below.
package struct ScreenFrame {
    package let tabs: Rect
    package let view: Rect
    package let status: Rect
    package let hints: Rect

    package init(_ screen: Rect, _ sizeClass: SizeClass) {
        let (above, lines) = screen.splitBottom(2)
        (status, hints) = lines.splitTop(1)
        (tabs, view) = above.splitTop(sizeClass == .single ? 0 : 1)
    }
}

private func draw(
    _ model: WorkbenchModel, into canvas: inout Canvas, in area: Rect, theme: Theme
) {
    switch model.view {
    case .dashboard: canvas.draw(DashboardView(model: model, theme: theme), in: area)
    case .curves: canvas.draw(CurvesView(model: model, theme: theme), in: area)
    case .compare: canvas.draw(CompareView(model: model, theme: theme), in: area)
    case .fields: canvas.draw(FieldsView(model: model, theme: theme), in: area)
    case .population: canvas.draw(PopulationView(model: model, theme: theme), in: area)
    case .sessions: canvas.draw(SessionsView(model: model, theme: theme), in: area)
    case .log: canvas.draw(LogView(model: model, theme: theme), in: area)
    }
}

private func draw(
    _ overlay: Overlay, of model: WorkbenchModel, into canvas: inout Canvas, in area: Rect,
    theme: Theme
) {
    switch overlay {
    case .palette(let palette):
        canvas.draw(PaletteView(palette: palette, model: model, theme: theme), in: area)
    case .help(let help):
        canvas.draw(HelpView(help: help, model: model, theme: theme), in: area)
    case .themes(let picker):
        canvas.draw(ThemePickerView(picker: picker, model: model, theme: theme), in: area)
    case .export: canvas.draw(ExportMenu(model: model, theme: theme), in: area)
    case .text(let question):
        canvas.draw(TextQuestionView(question: question, theme: theme), in: area)
    case .quantities(let picker):
        canvas.draw(QuantityPickerView(picker: picker, model: model, theme: theme), in: area)
    case .sessions(.recipes(let selected)):
        canvas.draw(RecipePicker(model: model, theme: theme, selected: selected), in: area)
    case .sessions(.form(let form)):
        canvas.draw(RecipeFormView(form: form, model: model, theme: theme), in: area)
    case .quit, .stopping, .engineLost, .confirm, .sessions(.opening):
        canvas.draw(OverlayView(model: model, theme: theme), in: area)
    }
}

/// One frame of a session for a text file or a picture, without a terminal.
public func snapshotFrame(
    _ model: WorkbenchModel, width: Int, height: Int, theme: Theme
) -> Canvas {
    var sized = model
    // News of the moment is no part of a picture that is kept; warnings are.
    if sized.notice?.level == .info { sized.notice = nil }
    _ = update(&sized, .resized(width: width, height: height))
    var canvas = Canvas(width: width, height: height, style: theme.base)
    render(sized, into: &canvas, theme: theme)
    return canvas
}

/// What a terminal gets that is too small for any panel.
struct TinyScreen: Drawing {
    let model: WorkbenchModel
    let theme: Theme

    func draw(on canvas: inout Canvas, in rect: Rect) {
        let lines = TextLayout.wrapped(text, to: rect.width)
        for (row, line) in lines.prefix(rect.height).enumerated() {
            canvas.put(line, x: rect.x, y: rect.y + row, style: theme.style(for: .text))
        }
    }

    private var text: String {
        switch model.overlay {
        case .quit:
            let rest = model.trainingIntended ? "leave it training" : "leave the engine waiting"
            return "quit? s save and stop, l \(rest), esc stay"
        case .stopping: return "saving and stopping; l leaves without waiting"
        case .engineLost: return "engine gone: r resume, q quit"
        case .confirm: return "sure? y yes, n no"
        case .sessions(.opening):
            return "open another session? l leave this one training, s save and stop it, esc stay"
        case .help, .palette, .themes, .export, .text, .quantities, .sessions, nil:
            let training = model.trainingIntended ? "; training goes on" : ""
            return "popbench needs 40x12; this is \(model.width)x\(model.height)\(training)"
        }
    }
}
