import BenchProtocol
import TerminalKit

/// The view of the population gallery: who appears for a prompt, and how that came about.
struct PopulationView: Drawing {
    let model: WorkbenchModel
    let theme: Theme

    /// What a page has of the view's rectangle: all but the frame, where there is room for one.
    static func inner(of rect: Rect) -> Rect {
        hasFrame(rect)
            ? rect.inset(horizontally: 1, vertically: 1)
            : Rect(x: rect.x, y: rect.y, width: rect.width, height: rect.height)
    }

    private static func hasFrame(_ rect: Rect) -> Bool { rect.width >= 60 && rect.height >= 16 }

    func draw(on canvas: inout Canvas, in rect: Rect) {
        guard !rect.isEmpty else { return }
        if Self.hasFrame(rect) {
            canvas.box(
                rect, title: title, titleRight: titleRight, style: theme.style(for: .borderFocus),
                titleStyle: theme.style(for: .title))
        }
        let inner = Self.inner(of: rect)
        if let task = model.tasks["sample"] {
            let (body, last) = inner.splitBottom(1)
            drawProgress(task, on: &canvas, in: last)
            drawPage(on: &canvas, in: body)
        } else {
            drawPage(on: &canvas, in: inner)
        }
    }

    private func drawPage(on canvas: inout Canvas, in inner: Rect) {
        switch model.gallery.page {
        case .gallery: canvas.draw(GalleryPage(model: model, theme: theme), in: inner)
        case .picture: canvas.draw(PicturePage(model: model, theme: theme), in: inner)
        case .ridgeline: canvas.draw(RidgelinePage(model: model, theme: theme), in: inner)
        case .heatMap: canvas.draw(HeatMapPage(model: model, theme: theme), in: inner)
        case .shares: canvas.draw(SharesPage(model: model, theme: theme), in: inner)
        }
    }

    private var title: String {
        let prompt = model.shownPrompt.isEmpty ? "no prompt" : "\"\(model.shownPrompt)\""
        let trained =
            switch model.shownPromptIsTrained {
            case true?: " ─ trained"
            case false?: " ─ held out"
            case nil: ""
            }
        let page =
            switch model.gallery.page {
            case .gallery: "who appears"
            case .picture: "one picture"
            case .ridgeline: "\(model.galleryAttribute) over steps, ridgeline"
            case .heatMap: "\(model.galleryAttribute) over steps, heat map"
            case .shares: "who appears, in numbers"
            }
        return "\(prompt)\(trained) ─ \(page)"
    }

    private var titleRight: String {
        let sample = model.keys.keyName(for: .sample, in: .population)
        let type = model.keys.keyName(for: .typePrompt, in: .population)
        return "\(sample) samples \(model.samplesPerKey)  [ ] how many  \(type) types a prompt"
    }

    private func drawProgress(_ task: TaskProgress, on canvas: inout Canvas, in rect: Rect) {
        let left =
            task.secondsLeft.isFinite ? " eta \(NumberText.duration(task.secondsLeft))" : ""
        let cancel = model.keys.keyName(for: .cancelTask, in: .everywhere)
        let gauge = Gauge(
            fraction: Double(task.done) / Double(max(1, task.total)),
            label: "sampling \(task.done)/\(task.total)\(left)  \(cancel) cancels",
            style: theme.style(for: .gauge), trackStyle: theme.style(for: .dim))
        canvas.draw(gauge, in: rect)
    }

    /// Says in words what is missing, and which key helps.
    static func say(
        _ lines: [String], theme: Theme, on canvas: inout Canvas, in rect: Rect
    ) {
        let wrapped = lines.flatMap { TextLayout.wrapped($0, to: max(1, rect.width - 2)) }
        for (row, line) in wrapped.prefix(rect.height).enumerated() {
            canvas.put(
                line, x: rect.x + 1, y: rect.y + row,
                style: theme.style(for: row == 0 ? .text : .dim), maxWidth: rect.width - 1)
        }
    }
}
