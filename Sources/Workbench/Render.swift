import BenchProtocol
import TerminalKit

/// Draws the whole screen of a model.
///
/// Pure: reads nothing but its arguments, and draws something sensible at every size from 1x1.
public func render(_ model: WorkbenchModel, into canvas: inout Canvas, theme: Theme) {
    canvas.fill(canvas.bounds, theme.base)
    let layout = DashboardLayout(
        width: canvas.width, height: canvas.height, only: model.isZoomed ? model.focusedPanel : nil,
        focused: model.focusedPanel)
    guard layout.sizeClass != .tiny else {
        canvas.draw(TinyScreen(model: model, theme: theme), in: canvas.bounds)
        return
    }
    for (panel, rect) in layout.panels {
        let view = PanelView(
            panel: panel, model: model, theme: theme, sizeClass: layout.sizeClass,
            isAlone: layout.panels.count == 1)
        canvas.draw(view, in: rect)
    }
    if model.overlay != nil {
        let area = Rect(width: canvas.width, height: canvas.height - 2)
        canvas.draw(OverlayView(model: model, theme: theme), in: area)
    }
    canvas.draw(StatusLine(model: model, theme: theme), in: layout.status)
    canvas.draw(HintLine(model: model, theme: theme), in: layout.hints)
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

/// A panel's frame and what is in it.
struct PanelView: Drawing {
    let panel: Panel
    let model: WorkbenchModel
    let theme: Theme
    let sizeClass: SizeClass
    /// Whether it has the screen to itself, zoomed or for want of room.
    let isAlone: Bool

    func draw(on canvas: inout Canvas, in rect: Rect) {
        let focused = model.focusedPanel == panel && !isAlone
        canvas.box(
            rect, title: title, titleRight: hint,
            style: theme.style(for: focused ? .borderFocus : .border),
            titleStyle: theme.style(for: .title))
        let inner = rect.inset(by: 1)
        guard !inner.isEmpty else { return }
        let isZoomed = model.isZoomed
        switch panel {
        case .curves:
            if isZoomed {
                canvas.draw(ZoomedCurves(model: model, theme: theme), in: inner)
            } else if sizeClass == .single {
                canvas.draw(NumbersPane(model: model, theme: theme), in: inner)
            } else {
                canvas.draw(CurvesPanel(model: model, theme: theme), in: inner)
            }
        case .lanes:
            if isZoomed {
                canvas.draw(LaneDetail(model: model, theme: theme), in: inner)
            } else {
                canvas.draw(LaneTable(model: model, theme: theme), in: inner)
            }
        case .field:
            canvas.draw(FieldPanel(model: model, theme: theme, isZoomed: isZoomed), in: inner)
        case .population:
            canvas.draw(PopulationPanel(model: model, theme: theme, isZoomed: isZoomed), in: inner)
        case .samples:
            canvas.draw(SamplesPanel(model: model, theme: theme, isZoomed: isZoomed), in: inner)
        }
    }

    /// The key that matters most in this panel, set into its upper edge where there is room.
    private var hint: String {
        guard !isAlone else { return sizeClass == .single ? "" : "esc" }
        let (action, word): (BenchAction, String) =
            switch panel {
            case .curves: (.nextQuantity, "quantity")
            case .lanes: (.nextLane, "lane")
            case .field: (.zoom, "zoom")
            case .population: (.nextPrompt, "prompt")
            case .samples: (.sample, "sample")
            }
        return "\(model.keys.keyName(for: action, in: .board)) \(word)"
    }

    private var title: String {
        switch panel {
        case .curves:
            let smoothing = model.smoothing > 0 ? " ─ EMA \(Figures.constant(model.smoothing))" : ""
            return model.quantity.title + smoothing + (model.isLogScale ? " ─ log" : "")
        case .lanes: return "lanes"
        case .field: return "gradient field ─ log X1 × log X2 ─ winner | loser"
        case .population: return "\(promptTitle) ─ who appears"
        case .samples:
            let step = samplesStep.map { " ─ step \($0)" } ?? ""
            return "samples ─ \(promptTitle)\(step) ─ same noise for all"
        }
    }

    private var promptTitle: String {
        guard !model.shownPrompt.isEmpty else { return "no prompt" }
        let heldOut = model.shownPromptIsTrained == false ? " (held out)" : ""
        return "\"\(model.shownPrompt)\"\(heldOut)"
    }

    private var samplesStep: Int? {
        model.laneStates.compactMap {
            model.sheets.sheet(lane: $0.settings.name, prompt: model.shownPrompt)?.step
        }.max()
    }
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
        case .quit: return "quit? s save and stop, l leave it training, esc stay"
        case .stopping: return "saving and stopping; l leaves without waiting"
        case .engineLost: return "engine gone: r resume, q quit"
        case .confirm: return "sure? y yes, n no"
        case .help, .log, nil:
            let training = model.trainingIntended ? "; training goes on" : ""
            return "popbench needs 40x12; this is \(model.width)x\(model.height)\(training)"
        }
    }
}
