import TerminalKit

/// The formats that the shown view can be written in.
struct ExportMenu: Drawing {
    let model: WorkbenchModel
    let theme: Theme

    /// The menu's rows: a key, what it does, and the action behind it.
    static func rows(of model: WorkbenchModel) -> [(key: Character, words: String, BenchAction)] {
        let formats = model.exportFormats.map { format -> (Character, String, BenchAction) in
            switch format {
            case .csv: ("c", "the numbers as CSV", .export(.csv))
            case .json: ("j", "the numbers as JSON", .export(.json))
            case .svg: ("s", "the figure as SVG", .export(.svg))
            case .png: ("p", "the figure as PNG", .export(.png))
            }
        }
        return formats + [("t", "the screen as it is, as SVG", .exportPicture)]
    }

    func draw(on canvas: inout Canvas, in rect: Rect) {
        let ground = theme.style(for: .dialog)
        let rows = ExportMenu.rows(of: model)
        let frame = rect.centered(width: min(rect.width, 44), height: rows.count + 2)
        canvas.fill(frame, ground)
        canvas.box(
            frame, title: "export \(model.view.rawValue)", titleRight: "esc",
            style: theme.style(for: .accent).on(ground.background),
            titleStyle: theme.style(for: .title).on(ground.background))
        let inner = frame.inset(horizontally: 2, vertically: 1)
        for (index, row) in rows.enumerated() where index < inner.height {
            let place = Rect(x: inner.x, y: inner.y + index, width: inner.width, height: 1)
            canvas.put(
                runs: [
                    ("\(row.key)  ", theme.style(for: .key).on(ground.background)),
                    (row.words, ground),
                ], x: inner.x, y: place.y, in: place)
            canvas.mark(place, MouseTarget.action(row.2))
        }
    }
}
