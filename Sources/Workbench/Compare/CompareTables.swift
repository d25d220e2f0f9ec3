import BenchProtocol
import TerminalKit

/// The settings that tell the lanes apart: a row a lane, a column a setting.
struct RecipeSection: Drawing {
    let model: WorkbenchModel
    let theme: Theme

    func draw(on canvas: inout Canvas, in rect: Rect) {
        let lanes = model.comparedLanes
        let difference = model.recipeDifference
        guard !difference.differing.isEmpty else {
            canvas.put(
                lanes.count < 2
                    ? "One lane has nothing to differ from." : "All lanes are set alike.",
                x: rect.x, y: rect.y, style: theme.style(for: .dim), maxWidth: rect.width)
            return
        }
        let (table, note) = rect.splitBottom(rect.height > lanes.count + 1 ? 1 : 0)
        let columns =
            [
                TableColumn("", minimum: 2, priority: 100),
                TableColumn("lane", minimum: 4, isFlexible: true, priority: 90),
            ]
            + difference.differing.enumerated().map { index, setting in
                let isText = setting.name == "objective" || setting.name == "divergence"
                return TableColumn(
                    setting.name, alignment: isText ? .left : .right, priority: 80 - index)
            }
        let rows = lanes.enumerated().map { row, lane in
            [
                TableCell(LaneMark.text(lane), style: LaneMark.style(lane, theme)),
                TableCell(lane.name),
            ] + difference.differing.map { TableCell($0.values[row]) }
        }
        canvas.draw(
            TableView(
                columns: columns, rows: rows,
                selected: lanes.firstIndex { $0.index == model.focusedLane },
                style: theme.style(for: .text), headerStyle: theme.style(for: .header),
                selectionStyle: theme.style(for: .selection)), in: table)
        for row in lanes.indices where row + 1 < table.height {
            guard let index = lanes[row].index else { continue }
            canvas.mark(
                Rect(x: table.x, y: table.y + row + 1, width: table.width, height: 1),
                MouseTarget.item(.compare, WorkbenchModel.compareLaneItems + index))
        }
        let alike = difference.alike.map { "\($0.name) \($0.values[0])" }.joined(separator: ", ")
        canvas.put(
            alike.isEmpty ? "nothing is alike" : "alike: \(alike)", x: note.x, y: note.y,
            style: theme.style(for: .dim), maxWidth: note.width)
    }
}
