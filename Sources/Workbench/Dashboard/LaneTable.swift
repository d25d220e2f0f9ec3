import BenchProtocol
import TerminalKit

/// The dashboard's table of lanes, with the base model's discrepancy below for comparison.
struct LaneTable: Drawing {
    let model: WorkbenchModel
    let theme: Theme

    /// A column of the table.
    private enum Column {
        case mark, name, objective, divergence, beta, step, loss, accuracy, winner, loser
        case gender, tone

        var title: String {
            switch self {
            case .mark: ""
            case .name: "lane"
            case .objective: "method"
            case .divergence: "diverg"
            case .beta: "beta"
            case .step: "step"
            case .loss: "loss"
            case .accuracy: "acc"
            case .winner: "win g"
            case .loser: "lose g"
            case .gender: "D gen"
            case .tone: "tone"
            }
        }

        var isText: Bool {
            switch self {
            case .mark, .name, .objective, .divergence: true
            default: false
            }
        }
    }

    /// The sets of columns, widest first: the first that fits is shown.
    private static let choices: [[Column]] = [
        [
            .mark, .name, .objective, .divergence, .beta, .step, .loss, .accuracy, .winner, .loser,
            .gender, .tone,
        ],
        [
            .mark, .objective, .divergence, .beta, .step, .loss, .accuracy, .winner, .loser,
            .gender, .tone,
        ],
        [
            .mark, .objective, .divergence, .beta, .loss, .accuracy, .winner, .loser, .gender,
            .tone,
        ],
        [.mark, .objective, .divergence, .loss, .accuracy, .winner, .loser, .gender, .tone],
        [.mark, .name, .loss, .accuracy, .winner, .loser, .gender, .tone],
        [.mark, .name, .loss, .accuracy, .gender, .tone],
        [.mark, .name, .loss, .gender, .tone],
        [.mark, .loss, .gender, .tone],
        [.mark, .loss],
    ]

    func draw(on canvas: inout Canvas, in rect: Rect) {
        guard !model.laneStates.isEmpty else {
            canvas.put(
                "no lanes yet", x: rect.x + 1, y: rect.y, style: theme.style(for: .dim),
                maxWidth: rect.width - 1)
            return
        }
        // The header and the base's row frame as many lanes as there is room for.
        let shown = model.contenders(atMost: max(2, rect.height - 1))
        let columns = fittingColumns(for: shown, width: rect.width)
        let widths = self.widths(of: columns, shown, in: rect.width)
        drawRow(columns.map(\.title), columns, widths, on: &canvas, in: rect, row: 0) { _ in
            theme.style(for: .header)
        }
        let order = shown.dropFirst() + shown.prefix(1)
        for (row, contender) in order.enumerated() where row + 1 < rect.height {
            let cells = columns.enumerated().map { place, column in
                // The base is named once, where the lanes' marks and names begin.
                contender.index == nil && place > 1 && column.isText
                    ? ""
                    : column == .name
                        ? model.name(of: contender, atMost: widths[place])
                        : text(column, contender)
            }
            let y = rect.y + row + 1
            let isFocused = contender.index == model.focusedLane && contender.index != nil
            if isFocused {
                canvas.fill(
                    Rect(x: rect.x, y: y, width: rect.width, height: 1),
                    theme.style(for: .selection))
            }
            drawRow(cells, columns, widths, on: &canvas, in: rect, row: row + 1) { column in
                style(of: column, contender, focused: isFocused)
            }
        }
    }

    private func style(of column: Column, _ contender: Contender, focused: Bool) -> Style {
        let ground = focused ? theme.style(for: .selection) : theme.style(for: .text)
        guard let index = contender.index else { return theme.style(for: .base) }
        let readings = model.lanes[contender.name]?.latest
        switch column {
        case .mark: return theme.series(index).on(ground.background)
        case .winner where (readings?.winnerLogRatio ?? 0) < 0:
            // The winners grow less likely as well: the margin alone would not show it.
            return theme.style(for: .warn).on(ground.background)
        default: return ground
        }
    }

    private func drawRow(
        _ cells: [String], _ columns: [Column], _ widths: [Int], on canvas: inout Canvas,
        in rect: Rect, row: Int, style: (Column) -> Style
    ) {
        var x = rect.x
        for (index, cell) in cells.enumerated() {
            let room = min(widths[index], rect.maxX - x)
            guard room > 0 else { return }
            if columns[index].isText {
                canvas.put(
                    cell, x: x, y: rect.y + row, style: style(columns[index]), maxWidth: room)
            } else {
                canvas.put(
                    cell, rightAlignedTo: x + room, y: rect.y + row, style: style(columns[index]),
                    maxWidth: room)
            }
            x += widths[index] + 1
        }
    }

    private func fittingColumns(for shown: [Contender], width: Int) -> [Column] {
        // Where methods tell no lanes apart, names stand in their place.
        let methods = shown.compactMap(\.index).map {
            LaneTable.objective(model.laneStates[$0].settings)
        }
        let isNamed = Set(methods).count < methods.count
        for choice in LaneTable.choices {
            let columns =
                isNamed && !choice.contains(.name)
                ? choice.map { $0 == .objective ? .name : $0 } : choice
            let needed = columns.reduce(-1) { $0 + self.width(of: $1, shown) + 1 }
            if needed <= width { return columns }
        }
        return [.mark, .loss]
    }

    /// Each column's width; what is left over goes to names that would be cut.
    private func widths(of columns: [Column], _ shown: [Contender], in width: Int) -> [Int] {
        var widths = columns.map { self.width(of: $0, shown) }
        guard let place = columns.firstIndex(of: .name) else { return widths }
        let longest = shown.map { TextLayout.columns($0.name, upTo: 48) }.max() ?? 0
        let spare = width - widths.reduce(-1) { $0 + $1 + 1 }
        widths[place] += max(0, min(spare, longest - widths[place]))
        return widths
    }

    private func width(of column: Column, _ shown: [Contender]) -> Int {
        // A text column is at most this wide, so that one long name leaves room for numbers.
        let limit = column.isText ? 16 : 9
        let cells = shown.map { TextLayout.columns(text(column, $0), upTo: limit) }
        return max(TextLayout.columns(column.title), cells.max() ?? 0)
    }

    private func text(_ column: Column, _ contender: Contender) -> String {
        switch column {
        // The base has no number: its name stands where the lanes' names do.
        case .mark: return contender.index == nil ? "" : LaneMark.text(contender)
        case .name, .objective:
            if contender.index == nil { return contender.name }
        case .gender: return discrepancy(contender, "gender")
        case .tone: return discrepancy(contender, "tone")
        default: break
        }
        guard let index = contender.index, model.laneStates.indices.contains(index) else {
            return ""
        }
        let lane = model.laneStates[index]
        let latest = model.lanes[contender.name]?.latest
        switch column {
        case .name: return lane.settings.name
        case .objective: return LaneTable.objective(lane.settings)
        case .divergence: return LaneTable.divergence(lane.settings)
        case .beta:
            return LaneTable.hasBeta(lane.settings)
                ? NumberText.constant(lane.settings.beta) : NumberText.missing
        case .step: return "\(lane.step)"
        case .loss: return latest.map { loss($0.loss) } ?? NumberText.missing
        case .accuracy:
            return latest.map { NumberText.share($0.implicitAccuracy) } ?? NumberText.missing
        case .winner: return latest.map { ratio($0.winnerLogRatio) } ?? NumberText.missing
        case .loser: return latest.map { ratio($0.loserLogRatio) } ?? NumberText.missing
        case .mark, .gender, .tone: return ""
        }
    }

    private func discrepancy(_ contender: Contender, _ attribute: String) -> String {
        model.population(lane: contender.name, attribute: attribute)
            .map { NumberText.share($0.discrepancy) } ?? NumberText.missing
    }

    /// A loss with three decimals, so that the column keeps its width from step to step.
    private func loss(_ value: Double) -> String {
        (0.001..<10).contains(abs(value)) ? NumberText.fixed(value, 3) : NumberText.short(value)
    }

    /// A log-ratio in six columns: they are small, and the sign is the news.
    private func ratio(_ value: Double) -> String {
        guard value.isFinite else { return NumberText.missing }
        let text = NumberText.fixed(value, abs(value) < 1 ? 4 : 2, signed: true)
        return text.replacingZeroPoint
    }

    /// The objective in few letters.
    static func objective(_ settings: LaneSettings) -> String {
        settings.objective.hasPrefix("diffusion-")
            ? "diff-" + settings.objective.dropFirst("diffusion-".count) : settings.objective
    }

    /// The divergence in few letters.
    static func divergence(_ settings: LaneSettings) -> String {
        switch settings.divergence {
        case nil: NumberText.missing
        case "reverse-kl": "rev-kl"
        case "forward-kl": "fwd-kl"
        case "alpha": "a=" + (settings.alpha.map(NumberText.constant) ?? "?")
        case .some(let name): name
        }
    }

    /// Supervised fine-tuning has no margin to scale.
    static func hasBeta(_ settings: LaneSettings) -> Bool { settings.objective != "sft" }
}

extension String {
    /// `+0.012` as `+.012`.
    fileprivate var replacingZeroPoint: String {
        guard let sign = first, sign == "+" || sign == "-", dropFirst().hasPrefix("0.") else {
            return self
        }
        return String(sign) + dropFirst(2)
    }
}
