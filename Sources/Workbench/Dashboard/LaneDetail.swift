import BenchProtocol
import TerminalKit

/// The zoomed lane panel: settings, every logged quantity, timestep quarters and evaluations.
struct LaneDetail: Drawing {
    let model: WorkbenchModel
    let theme: Theme

    /// One row: a heading, or a name with one text a contender.
    struct Row {
        var name: String
        /// By contender, the base first; empty for a heading.
        var cells: [String]
        /// A shorter text where a cell has no room for the long one.
        var shortCells: [String] = []
    }

    func draw(on canvas: inout Canvas, in rect: Rect) {
        let rows = LaneDetail.rows(of: model)
        let nameWidth = min(28, max(12, rect.width / 4))
        let room = rect.width - nameWidth
        let shown = model.contenders(atMost: max(1, room / 11))
        let all = model.contenders
        let indices = shown.compactMap { all.firstIndex(of: $0) }
        guard !indices.isEmpty, rect.height > 1 else { return }
        let cellWidth = max(1, min(24, room / indices.count))

        for (place, contender) in shown.enumerated() {
            let focused = contender.index == model.focusedLane && contender.index != nil
            let style = LaneMark.style(contender, theme).with(
                focused ? [.bold, .underline] : .bold)
            let name =
                contender.index == nil ? contender.name : "\(contender.mark) \(contender.name)"
            canvas.put(
                name, rightAlignedTo: rect.x + nameWidth + (place + 1) * cellWidth, y: rect.y,
                style: style, maxWidth: cellWidth - 1)
        }
        let visible = rect.height - 1
        let first = min(model.scroll, max(0, rows.count - visible))
        for (line, row) in rows.dropFirst(first).prefix(visible).enumerated() {
            let y = rect.y + 1 + line
            guard !row.cells.isEmpty else {
                canvas.put(
                    row.name, x: rect.x, y: y, style: theme.style(for: .accent),
                    maxWidth: rect.width)
                continue
            }
            canvas.put(
                row.name, x: rect.x + 1, y: y, style: theme.style(for: .dim),
                maxWidth: nameWidth - 2)
            for (place, index) in indices.enumerated() where row.cells.indices.contains(index) {
                var text = row.cells[index]
                if TextLayout.exceeds(text, cellWidth - 1), row.shortCells.indices.contains(index) {
                    text = row.shortCells[index]
                }
                canvas.put(
                    text, rightAlignedTo: rect.x + nameWidth + (place + 1) * cellWidth, y: y,
                    style: theme.style(for: index == 0 ? .base : .text), maxWidth: cellWidth - 1)
            }
        }
    }

    /// Everything there is to show, heading by heading.
    static func rows(of model: WorkbenchModel) -> [Row] {
        settings(model) + metrics(model) + figures(model) + quarters(model)
    }

    private static func settings(_ model: WorkbenchModel) -> [Row] {
        func row(_ name: String, _ text: (LaneSettings) -> String) -> Row {
            Row(name: name, cells: [""] + model.laneStates.map { text($0.settings) })
        }
        return [
            Row(name: "settings", cells: []),
            row("objective") { $0.objective },
            row("divergence") { LaneTable.divergence($0) },
            row("beta") {
                LaneTable.hasBeta($0) ? NumberText.constant($0.beta) : NumberText.missing
            },
            row("kappa") {
                $0.divergence == nil ? NumberText.missing : NumberText.constant($0.kappa)
            },
            row("SFT weight") {
                $0.objective == "sft" ? NumberText.missing : NumberText.constant($0.sftWeight)
            },
            row("learning rate") { NumberText.constant($0.learningRate) },
            row("warm-up steps") { "\($0.warmupSteps)" },
            Row(name: "step", cells: [""] + model.laneStates.map { "\($0.step)" }),
        ]
    }

    private static func metrics(_ model: WorkbenchModel) -> [Row] {
        let latest = model.laneStates.map { model.lanes[$0.settings.name]?.latest }
        return [Row(name: "newest step", cells: [])]
            + Quantity.allCases.map { quantity in
                Row(
                    name: quantity.title,
                    cells: [""]
                        + latest.map { metrics in
                            metrics.map { NumberText.short(quantity.value(in: $0)) }
                                ?? NumberText.missing
                        })
            }
    }

    /// The focused quantity by quarter of the timestep range, least noise first.
    private static func quarters(_ model: WorkbenchModel) -> [Row] {
        let latest = model.laneStates.map { model.lanes[$0.settings.name]?.latest?.quartiles ?? [] }
        let count = min(latest.map(\.count).max() ?? 0, 8)
        guard count > 0 else { return [] }
        let columns: [(String, (TimestepQuartile) -> Double)] = [
            ("loss", { $0.loss }), ("accuracy", { $0.implicitAccuracy }), ("margin", { $0.margin }),
            ("winner log-ratio", { $0.winnerLogRatio }), ("loser log-ratio", { $0.loserLogRatio }),
            ("policy error", { $0.policyError }), ("reference error", { $0.referenceError }),
            ("KL proxy", { $0.klProxy }), ("saturated", { $0.saturated }),
            ("capped", { $0.capped }),
        ]
        var rows = [Row(name: "by quarter of the timesteps, least noise first", cells: [])]
        for (title, value) in columns {
            for quarter in 0..<count {
                let cells = latest.map {
                    $0.indices.contains(quarter)
                        ? NumberText.short(value($0[quarter])) : NumberText.missing
                }
                rows.append(Row(name: "\(title) \(quarter + 1)/\(count)", cells: [""] + cells))
            }
        }
        return rows
    }

    private static func figures(_ model: WorkbenchModel) -> [Row] {
        let contenders = model.contenders
        var names: [String] = []
        for contender in contenders {
            for figure in model.evaluations[contender.name]?.figures ?? []
            where !names.contains(figure.name) && names.count < 64 {
                names.append(figure.name)
            }
        }
        guard !names.isEmpty else {
            return [Row(name: "no evaluation yet: e evaluates", cells: [])]
        }
        var rows = [Row(name: "evaluation, with 95 % intervals", cells: [])]
        rows.append(
            Row(
                name: "at step",
                cells: contenders.map {
                    model.evaluations[$0.name].map { "\($0.step)" } ?? NumberText.missing
                }))
        for name in names {
            let found = contenders.map { contender in
                model.evaluations[contender.name]?.figures.first { $0.name == name }
            }
            rows.append(
                Row(
                    name: name.split(separator: "_").joined(separator: " "),
                    cells: found.map { figure in
                        guard let figure else { return NumberText.missing }
                        let low = NumberText.fixed(figure.low, 3)
                        let high = NumberText.fixed(figure.high, 3)
                        return "\(NumberText.fixed(figure.value, 3)) [\(low), \(high)]"
                    },
                    shortCells: found.map { figure in
                        figure.map { NumberText.fixed($0.value, 3) } ?? NumberText.missing
                    }))
        }
        return rows
    }
}
