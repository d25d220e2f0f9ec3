import BenchProtocol
import TerminalKit

/// Where the parts of the view of the curves stand.
struct CurvesLayout {
    /// The line of settings; empty where there is no room.
    let header: Rect
    /// The charts, by their places among the quantities drawn.
    let cells: [(index: Int, rect: Rect)]
    /// The table of values; empty where it is off or there is no room.
    let table: Rect
    /// The first and last chart that are out of sight, if any are.
    let hiddenCells: Int

    private static let leastWidth = 30
    private static let leastHeight = 7

    init(_ area: Rect, model: WorkbenchModel, charts: Int, focused: Int) {
        let (top, rest) = area.splitTop(area.height >= 6 ? 1 : 0)
        header = top
        let isSingle = SizeClass(width: model.width, height: model.height) == .single
        // Three values share a line where there is no room for a table.
        let rows = isSingle ? 1 + model.laneStates.count / 3 : model.laneStates.count + 1
        let wanted = model.curves.showsTable ? min(rows, max(rest.height / 3, 2)) : 0
        let (body, below) = rest.splitBottom(rest.height < 6 ? 0 : wanted)
        table = below
        (cells, hiddenCells) = CurvesLayout.cells(in: body, charts: charts, focused: focused)
    }

    /// As many cells as fit, the focused one among them, shaped as charts are best read.
    static func cells(
        in body: Rect, charts: Int, focused: Int
    ) -> (cells: [(index: Int, rect: Rect)], hidden: Int) {
        guard charts > 0, !body.isEmpty else { return ([], max(charts, 0)) }
        let mostAcross = max(1, min(charts, body.width / leastWidth))
        let mostDown = max(1, body.height / leastHeight)
        // Cells three times as wide as high in columns and rows look like a page's charts.
        let across =
            (1...mostAcross).min { a, b in
                func badness(_ columns: Int) -> (Int, Double) {
                    let rows = (charts + columns - 1) / columns
                    let shape =
                        Double(body.width * min(rows, mostDown)) / Double(columns * body.height * 3)
                    return (max(0, rows - mostDown), max(shape, 1 / max(shape, 1e-9)))
                }
                return badness(a) < badness(b)
            } ?? 1
        let rows = (charts + across - 1) / across
        let shown = min(rows, mostDown)
        let focusedRow = min(max(focused, 0), charts - 1) / across
        let first = min(max(0, focusedRow - shown / 2), rows - shown)
        var cells: [(index: Int, rect: Rect)] = []
        for (row, strip) in body.rows(Array(repeating: 1, count: shown)).enumerated() {
            let start = (first + row) * across
            // The last row's charts share its whole width.
            let count = min(across, charts - start)
            for (column, rect) in strip.columns(Array(repeating: 1, count: count)).enumerated() {
                cells.append((start + column, rect))
            }
        }
        return (cells, charts - cells.count)
    }
}
