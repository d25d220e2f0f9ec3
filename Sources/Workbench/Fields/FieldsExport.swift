import BenchProtocol
import Figures
import Foundation
import TerminalKit

extension WorkbenchModel {
    /// Points along each side of an exported grid.
    private static let exportedSide = 9

    /// What this view shows, for a file; nil when there is nothing to write.
    func fieldsExport(_ format: ExportFormat) -> ExportedFile? {
        let shown = shownFields.filter(\.exists)
        guard !shown.isEmpty else { return nil }
        let name =
            shown.count == 1 ? "field-\(shown[0].settings.name)" : "fields"
        switch format {
        case .csv, .json:
            return ExportedFile(
                name: name, format: format, content: .text(fieldsText(shown, format)))
        case .svg, .png:
            return ExportedFile(
                name: name, format: format, content: .figure(fieldFigure(shown).drawn()))
        }
    }

    /// Fields as CSV or JSON: a grid over what the screen shows, the batch, the path, the cursor.
    func fieldsText(_ shown: [LaneField], _ format: ExportFormat) -> String {
        format == .csv ? fieldsCSV(shown) : fieldsJSON(shown)
    }

    /// Fields as a figure, over what the screen shows.
    func fieldFigure(_ shown: [LaneField]) -> FieldFigure {
        let panels = shown.map { field in
            var panel = FieldFigure.Panel(title: FieldsView.plainTitle(of: field), law: field.law)
            panel.arrows = field.toldArrows
            if fields.showsBatch { panel.points = field.batch.map { ($0.l1, $0.l2) } }
            if fields.showsPath { panel.path = field.path.map { ($0.l1, $0.l2) } }
            return panel
        }
        return FieldFigure(
            panels: panels, plane: fieldPlane, hasUnitArrows: fields.hasUnitArrows)
    }

    /// The pairs that a file lists for a field, by what they are.
    private func exportedPairs(_ field: LaneField) -> [(kind: String, pairs: [FieldProbe])] {
        let plane = fieldPlane
        let ticks = (0..<Self.exportedSide).map { Double($0) / Double(Self.exportedSide - 1) }
        let grid = ticks.flatMap { up in
            ticks.map { across -> FieldProbe in
                let pair = plane.pair(across: across, up: up)
                return FieldProbe(l1: pair.l1, l2: pair.l2)
            }
        }
        return [
            ("grid", grid), ("batch", field.batch), ("path", field.path),
            ("cursor", [fields.probe].compactMap { $0 }),
        ]
    }

    private func reading(_ field: LaneField, _ pair: FieldProbe) -> PairReading {
        field.reading(at: pair)
            ?? PairReading(
                x1: exp(pair.l1), x2: exp(pair.l2), loss: .nan, dX1: .nan, dX2: .nan, ratio: .nan)
    }

    private func fieldsCSV(_ shown: [LaneField]) -> String {
        var rows = ["lane,kind,number,x1,x2,loss,d_x1,d_x2,ratio"]
        for field in shown {
            for (kind, pairs) in exportedPairs(field) {
                for (number, pair) in pairs.enumerated() {
                    let values = reading(field, pair).values.map(\.value)
                    rows.append(
                        ([FileText.csv(field.settings.name), kind, "\(number)"]
                            + values.map(FileText.number)).joined(separator: ","))
                }
            }
        }
        return rows.joined(separator: "\n") + "\n"
    }

    private func fieldsJSON(_ shown: [LaneField]) -> String {
        let lanes = shown.map { field -> String in
            let settings = field.settings
            var members = [
                "\"lane\":\(FileText.json(settings.name))",
                "\"objective\":\(FileText.json(settings.objective))",
                "\"divergence\":\(settings.divergence.map(FileText.json) ?? "null")",
                "\"alpha\":\(settings.alpha.map(FileText.jsonNumber) ?? "null")",
                "\"beta\":\(FileText.jsonNumber(settings.beta))",
                "\"kappa\":\(FileText.jsonNumber(settings.kappa))",
            ]
            if let summary = field.summary {
                members.append("\"step\":\(summary.step)")
                members.append("\"summary\":{\(Self.members(summary).joined(separator: ","))}")
                let quarters = summary.quartiles.map {
                    "{\"pairs\":\($0.pairs),\(Self.members($0).joined(separator: ","))}"
                }
                members.append("\"quartiles\":[\(quarters.joined(separator: ","))]")
            }
            members += exportedPairs(field).map { kind, pairs in
                "\"\(kind)\":[\(pairs.map { reading(field, $0).json }.joined(separator: ","))]"
            }
            return "{\(members.joined(separator: ","))}"
        }
        let session = FileText.json(state?.session ?? "")
        return "{\"session\":\(session),\"lanes\":[\n\(lanes.joined(separator: ",\n"))\n]}\n"
    }

    private static func members(_ summary: GradientFieldSummary) -> [String] {
        members(
            summary.shareOnWinner, summary.medianRatio, summary.saturated, summary.capped,
            summary.meanDX, summary.meanDY)
    }

    private static func members(_ quarter: FieldQuartile) -> [String] {
        members(
            quarter.shareOnWinner, quarter.medianRatio, quarter.saturated, quarter.capped,
            quarter.meanDX, quarter.meanDY)
    }

    private static func members(_ values: Double...) -> [String] {
        let names = [
            "share_on_winner", "median_ratio", "saturated", "capped", "mean_dx", "mean_dy",
        ]
        return zip(names, values).map { "\"\($0)\":\(FileText.jsonNumber($1))" }
    }
}

extension FieldsView {
    /// A title in words that a figure's letters have.
    static func plainTitle(of field: LaneField) -> String {
        var words = [field.settings.name]
        if field.settings.name != field.settings.objective {
            words.append(field.settings.objective)
        }
        if let divergence = field.settings.divergence { words.append(divergence) }
        if let alpha = field.settings.alpha { words.append("alpha \(NumberText.constant(alpha))") }
        words.append("beta \(NumberText.constant(field.settings.beta))")
        return words.joined(separator: ", ")
    }
}
