import BenchProtocol

extension WorkbenchModel {
    /// The formats that the focused panel can be written in.
    var dashboardExportFormats: [ExportFormat] {
        focusedPanel == .lanes
            ? (laneStates.isEmpty ? [] : ExportFormat.allCases)
            : viewOfFocusedPanel.exportFormats
    }

    /// What the focused panel shows, as its own view writes it; nil when there is nothing to write.
    func dashboardExport(_ format: ExportFormat) -> ExportedFile? {
        focusedPanel == .lanes ? lanesTable?.file(format) : viewOfFocusedPanel.exported(format)
    }

    /// The panel's subject in the view that is devoted to it, as the dashboard has it set.
    private var viewOfFocusedPanel: WorkbenchModel {
        var model = self
        model.view = focusedPanel.wholeView
        switch focusedPanel {
        case .curves:
            model.curves.quantities = [.step(quantity)]
            model.curves.focused = 0
            model.curves.window = .all
            model.curves.showsDelta = false
            model.curves.hidden = []
        case .field: model.fields.isLarge = true
        case .population: model.gallery.page = .ridgeline
        case .samples: model.gallery.page = .gallery
        case .lanes: break
        }
        return model
    }

    /// The lanes' settings and newest readings, and the base's discrepancies.
    private var lanesTable: ExportTable? {
        guard !laneStates.isEmpty else { return nil }
        let readings: [(Quantity, String)] = [
            (.loss, "loss"), (.implicitAccuracy, "accuracy"), (.winnerLogRatio, "winner g"),
            (.loserLogRatio, "loser g"), (.margin, "margin"), (.gradientNorm, "gradient"),
        ]
        let attributes = ["gender", "tone"]
        func reading(_ value: Double?, _ shown: (Double) -> String) -> ExportTable.Value {
            .rounded(value, shown: value.map(shown) ?? NumberText.missing)
        }
        var rows: [[ExportTable.Value]] = []
        for contender in contenders(atMost: .max) {
            let lane = contender.index.map { laneStates[$0].settings }
            let step = contender.index.map { Double(laneStates[$0].step) }
            let beta = lane.flatMap { LaneTable.hasBeta($0) ? $0.beta : nil }
            let latest = lanes[contender.name]?.latest
            var row: [ExportTable.Value] = [
                .text(contender.name), .text(lane?.objective ?? ""),
                .text(lane?.divergence ?? ""), .number(beta), .number(step),
            ]
            for (quantity, _) in readings {
                row.append(reading(latest.map(quantity.value(in:))) { NumberText.short($0) })
            }
            for attribute in attributes {
                let seen = population(lane: contender.name, attribute: attribute)
                row.append(reading(seen?.discrepancy) { NumberText.share($0) })
            }
            rows.append(row)
        }
        var columns = ["lane", "objective", "divergence", "beta", "step"].map {
            ExportTable.Column(name: $0, head: $0)
        }
        columns += readings.map { ExportTable.Column(name: $0.0.rawValue, head: $0.1) }
        columns += attributes.map {
            ExportTable.Column(name: "discrepancy_\($0)", head: "D \($0)")
        }
        return ExportTable(
            name: "\(state?.session ?? "session")-lanes",
            title: "\(state?.session ?? ""): lanes, discrepancies of \"\(shownPrompt)\"",
            columns: columns, rows: rows)
    }
}
