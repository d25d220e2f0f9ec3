import BenchProtocol
import Figures
import TerminalKit

extension WorkbenchModel {
    /// The formats this view's section can be written in.
    var compareExportFormats: [ExportFormat] {
        let hasContent =
            switch compare.section {
            case .recipe: !comparedLanes.isEmpty
            case .metrics: !comparedFigures.isEmpty
            case .tradeoff: tradeoff != nil
            case .fields: comparedFields.contains { $0.exists }
            case .pictures: comparedPictures > 0
            }
        return hasContent ? ExportFormat.allCases : []
    }

    /// What this view's section shows, for a file; nil when there is nothing to write.
    func compareExport(_ format: ExportFormat) -> ExportedFile? {
        guard !compareExportFormats.isEmpty else { return nil }
        let content: ExportedFile.Content?
        switch (compare.section, format) {
        case (.recipe, .csv), (.recipe, .json): content = .text(recipeText(format))
        case (.recipe, _): content = .figure(recipeFigure.drawn())
        case (.metrics, .csv), (.metrics, .json):
            content = .text(figuresText(comparedFigures, format))
        case (.metrics, _): content = .figure(metricsFigure)
        case (.tradeoff, .csv), (.tradeoff, .json):
            content = tradeoffAxes.map { .text(figuresText([$0.x, $0.y], format)) }
        case (.tradeoff, _): content = tradeoff.map { .figure($0.drawn()) }
        case (.fields, .csv), (.fields, .json):
            content = .text(fieldsText(comparedFields.filter(\.exists), format))
        case (.fields, _):
            content = .figure(fieldFigure(comparedFields.filter(\.exists)).drawn())
        case (.pictures, .csv), (.pictures, .json): content = .text(picturesText(format))
        case (.pictures, _): content = .figure(picturesFigure)
        }
        return content.map {
            ExportedFile(name: "compare-\(compare.section.rawValue)", format: format, content: $0)
        }
    }

    private var comparedFields: [LaneField] { comparedLanes.compactMap(\.index).map(laneField) }

    // MARK: Recipe

    private func recipeText(_ format: ExportFormat) -> String {
        let difference = recipeDifference
        let settings = difference.differing + difference.alike
        if format == .csv {
            let head = ["lane"] + settings.map { FileText.csv($0.name) }
            let rows = comparedLanes.enumerated().map { row, lane in
                [FileText.csv(lane.name)] + settings.map { FileText.csv($0.values[row]) }
            }
            return ([head] + rows).map { $0.joined(separator: ",") }.joined(separator: "\n") + "\n"
        }
        let lanes = comparedLanes.enumerated().map { row, lane in
            let members = settings.map {
                "\(FileText.json($0.name)):\(FileText.json($0.values[row]))"
            }
            return
                "{\(([#""lane":"# + FileText.json(lane.name)] + members).joined(separator: ","))}"
        }
        let names = difference.differing.map { FileText.json($0.name) }.joined(separator: ",")
        return "{\"differing\":[\(names)],\"lanes\":[\n\(lanes.joined(separator: ",\n"))\n]}\n"
    }

    private var recipeFigure: TableFigure {
        let difference = recipeDifference
        let rows = comparedLanes.enumerated().map { row, lane in
            [TableFigure.Cell("\(lane.mark) \(lane.name)")]
                + difference.differing.map { TableFigure.Cell(plain($0.values[row])) }
        }
        let alike = difference.alike.map { "\($0.name) \($0.values[0])" }.joined(separator: ", ")
        return TableFigure(
            title: "\(state?.session ?? ""): what tells the lanes apart",
            columns: ["lane"] + difference.differing.map(\.name), rows: rows,
            notes: alike.isEmpty ? [] : ["alike: \(alike)"])
    }

    /// A text in the letters that figures have.
    private func plain(_ text: String) -> String { text == NumberText.missing ? "-" : text }

    // MARK: Figures

    private func figuresText(_ names: [String], _ format: ExportFormat) -> String {
        var rows: [String] = []
        for name in names {
            for contender in compared {
                guard let figure = figure(name, of: contender.name) else { continue }
                let delta =
                    contender.name == compare.baseline
                    ? nil : FigureDelta(figure, to: self.figure(name, of: compare.baseline))
                let step = evaluations[contender.name]?.step ?? 0
                let verdict =
                    switch delta?.verdict {
                    case .better: "better"
                    case .worse: "worse"
                    case .undecided: "undecided"
                    case nil: ""
                    }
                if format == .csv {
                    rows.append(
                        [
                            FileText.csv(name), FileText.csv(contender.name), "\(step)",
                            FileText.number(figure.value), FileText.number(figure.low),
                            FileText.number(figure.high), "\(figure.n)",
                            FileText.csv(compare.baseline),
                            delta.map { FileText.number($0.value) } ?? "",
                            delta.map { FileText.number($0.half) } ?? "", verdict,
                        ].joined(separator: ","))
                } else {
                    let members = [
                        "\"figure\":\(FileText.json(name))",
                        "\"lane\":\(FileText.json(contender.name))", "\"step\":\(step)",
                        "\"value\":\(FileText.jsonNumber(figure.value))",
                        "\"low\":\(FileText.jsonNumber(figure.low))",
                        "\"high\":\(FileText.jsonNumber(figure.high))", "\"n\":\(figure.n)",
                        "\"delta\":\(delta.map { FileText.jsonNumber($0.value) } ?? "null")",
                        "\"delta_half\":\(delta.map { FileText.jsonNumber($0.half) } ?? "null")",
                        "\"verdict\":\(verdict.isEmpty ? "null" : FileText.json(verdict))",
                    ]
                    rows.append("{\(members.joined(separator: ","))}")
                }
            }
        }
        if format == .csv {
            let head =
                "figure,lane,step,value,low,high,n,baseline,delta,delta_half,verdict"
            return ([head] + rows).joined(separator: "\n") + "\n"
        }
        return "{\"baseline\":\(FileText.json(compare.baseline)),\"figures\":[\n"
            + rows.joined(separator: ",\n") + "\n]}\n"
    }
}

extension MetricsCell {
    /// Value and interval in the letters that figures have.
    var plainText: String {
        text(atMost: 40).map { letter in
            switch letter {
            case "✓": "+"
            case "✗": "-"
            case "–": "-"
            default: String(letter)
            }
        }.joined()
    }
}
