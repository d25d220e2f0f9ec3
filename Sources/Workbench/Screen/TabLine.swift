import BenchProtocol
import TerminalKit

/// The first line: the views by number, the shown one marked.
struct TabLine: Drawing {
    let model: WorkbenchModel
    let theme: Theme

    func draw(on canvas: inout Canvas, in rect: Rect) {
        guard !rect.isEmpty else { return }
        var column = rect.x + 1
        for view in BenchView.allCases {
            let isShown = view == model.view
            let name = " \(view.rawValue) "
            let columns = 1 + TextLayout.columns(name)
            guard column + columns <= rect.maxX else { break }
            let style = theme.style(for: isShown ? .selection : .dim)
            // The ink of a selection is the only one that is sure to be readable on its ground.
            let key = isShown ? style.with(.underline) : theme.style(for: .key)
            canvas.put("\(view.number)", x: column, y: rect.y, style: key)
            canvas.put(name, x: column + 1, y: rect.y, style: style)
            canvas.mark(
                Rect(x: column, y: rect.y, width: columns, height: 1),
                MouseTarget.action(.show(view)))
            column += columns + 1
        }
        let session = model.state?.session ?? ""
        let room = rect.maxX - column - 1
        guard TextLayout.columns(session) <= room, room > 0 else { return }
        canvas.put(
            session, x: rect.maxX - 1 - TextLayout.columns(session), y: rect.y,
            style: theme.style(for: .accent))
    }
}
