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
        let shown = fitting(difference.differing, names: lanes.map(\.name), width: table.width)
        let taken = shown.reduce(3) { $0 + 1 + Self.width(of: $1) }
        let names = max(4, table.width - taken)
        let columns =
            [TableColumn("", minimum: 2, priority: 100), TableColumn("lane", isFlexible: true)]
            + shown.map { setting in
                let isText = setting.name == "objective" || setting.name == "divergence"
                return TableColumn(
                    RecipeSection.head(setting.name), alignment: isText ? .left : .right,
                    priority: 50)
            }
        let rows = lanes.enumerated().map { row, lane in
            [
                TableCell(LaneMark.text(lane), style: LaneMark.style(lane, theme)),
                TableCell(model.name(of: lane, atMost: names)),
            ] + shown.map { TableCell(RecipeSection.short($0.values[row])) }
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
        // What has no column is told below, so that no difference is passed over.
        let others = difference.differing.dropFirst(shown.count).map { setting in
            "\(RecipeSection.head(setting.name)) \(setting.values.joined(separator: " "))"
        }
        let alike = difference.alike.map { "\($0.name) \($0.values[0])" }
        let words =
            (others.isEmpty ? [] : ["also differing: \(others.joined(separator: ", "))"])
            + (alike.isEmpty ? [] : ["alike: \(alike.joined(separator: ", "))"])
        canvas.put(
            words.joined(separator: "; "), x: note.x, y: note.y, style: theme.style(for: .dim),
            maxWidth: note.width)
    }

    /// The settings that have room for a column beside the lanes' marks and names.
    private func fitting(
        _ settings: [RecipeDifference.Setting], names: [String], width: Int
    ) -> [RecipeDifference.Setting] {
        let longest = names.map { TextLayout.columns($0, upTo: 12) }.max() ?? 4
        var used = 3 + min(max(4, longest), max(4, width / 4))
        return Array(
            settings.prefix { setting in
                used += 1 + Self.width(of: setting)
                return used <= width
            })
    }

    private static func width(of setting: RecipeDifference.Setting) -> Int {
        let texts = [head(setting.name)] + setting.values.map(short)
        return texts.map { TextLayout.columns($0) }.max() ?? 0
    }

    private static func head(_ name: String) -> String {
        switch name {
        case "learning rate": "rate"
        case "warmup steps": "warm-up"
        case "SFT weight": "SFT"
        default: name
        }
    }

    private static func short(_ value: String) -> String {
        switch value {
        case "diffusion-dpo": "diff-dpo"
        case "diffusion-kto": "diff-kto"
        case "reverse-kl": "rev-kl"
        case "forward-kl": "fwd-kl"
        default: value
        }
    }
}
