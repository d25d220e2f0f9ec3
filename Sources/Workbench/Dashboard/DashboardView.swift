import BenchProtocol
import TerminalKit

/// The one-look page: as many panels as fit, or one of them alone.
struct DashboardView: Drawing {
    let model: WorkbenchModel
    let theme: Theme

    func draw(on canvas: inout Canvas, in rect: Rect) {
        let sizeClass = SizeClass(width: model.width, height: model.height)
        let layout = DashboardLayout(
            rect, sizeClass, only: model.isZoomed ? model.focusedPanel : nil,
            focused: model.focusedPanel, split: model.split)
        for (panel, place) in layout.panels {
            canvas.mark(place, MouseTarget.panel(panel))
            canvas.draw(
                PanelView(
                    panel: panel, model: model, theme: theme, sizeClass: sizeClass,
                    isAlone: layout.panels.count == 1), in: place)
        }
        for (border, place) in layout.borders { canvas.mark(place, MouseTarget.border(border)) }
    }
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
        guard !isAlone else {
            guard model.isZoomed else { return "" }
            let enter = model.keys.keyName(for: .activate, in: .board)
            let back = model.keys.keyName(for: .back, in: .board)
            return "\(enter) \(panel.wholeView.rawValue) view  \(back) back"
        }
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
            let smoothing =
                model.smoothing > 0 ? " ─ EMA \(NumberText.constant(model.smoothing))" : ""
            return model.quantity.title + smoothing + (model.isLogScale ? " ─ log" : "")
        case .lanes: return "lanes"
        case .field: return "gradient field ─ log X1 × log X2 ─ winner | loser"
        case .population:
            let sizes = Set(model.shownAttributes.compactMap(model.comparableSize))
            let pictures = sizes.count == 1 ? sizes.first.map { " of \($0)" } ?? "" : ""
            return "\(promptTitle) ─ who appears\(pictures)"
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
