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
        case (.metrics, _): content = .figure(metricsFigure.drawn())
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
            return "{\(([#""lane":"# + FileText.json(lane.name)] + members).joined(separator: ","))}"
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
                            FileText.csv(compare.baseline), delta.map { FileText.number($0.value) } ?? "",
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

    private var metricsFigure: TableFigure {
        let rows = comparedFigures.map { name in
            let best = best(name)
            return [TableFigure.Cell(FigureKind.words(name))]
                + compared.map { contender in
                    let text = MetricsCell(name, contender, self).plainText
                    return TableFigure.Cell(
                        best == contender.name ? text + " *" : text,
                        isMarked: best == contender.name)
                }
        }
        let what =
            compare.showsDeltas
            ? "differences to \(compare.baseline), + better, - worse, ~ undecided"
            : "values with 95 % intervals"
        return TableFigure(
            title: "\(state?.session ?? ""): \(what)",
            columns: ["figure"] + compared.map(\.name), rows: rows,
            notes: [
                "* best of its row; intervals of differences take the two as independent"
            ])
    }

    // MARK: Trade-off

    /// The contenders that have both figures, in the order of the trade-off's points.
    var tradeoffContenders: [Contender] {
        guard let axes = tradeoffAxes else { return [] }
        return compared.filter {
            figure(axes.x, of: $0.name)?.value.isFinite == true
                && figure(axes.y, of: $0.name)?.value.isFinite == true
        }
    }

    /// The trade-off as a figure; nil where two figures of two contenders are wanting.
    var tradeoff: ScatterFigure? {
        guard let axes = tradeoffAxes, tradeoffContenders.count > 1 else { return nil }
        let points = tradeoffContenders.map { contender -> ScatterFigure.Point in
            let x = figure(axes.x, of: contender.name)
            let y = figure(axes.y, of: contender.name)
            var point = ScatterFigure.Point(
                label: contender.index == nil ? contender.name : "\(contender.mark) \(contender.name)",
                x: x?.value ?? .nan, y: y?.value ?? .nan,
                color: contender.index.map(Self.printColor) ?? Color(hex: 0x4A5568),
                shape: contender.index)
            point.xInterval = x.flatMap(Self.interval)
            point.yInterval = y.flatMap(Self.interval)
            return point
        }
        return ScatterFigure(
            title: "\(state?.session ?? ""), step \(state?.step ?? 0)",
            xAxis: .init(label: FigureKind.words(axes.x), better: FigureKind.better(axes.x)),
            yAxis: .init(label: FigureKind.words(axes.y), better: FigureKind.better(axes.y)),
            points: points,
            notes: ["bars: 95 % intervals; dashes and *: beaten by no other in both"])
    }

    private static func interval(_ figure: Evaluation.Figure) -> ClosedRange<Double>? {
        guard figure.low.isFinite, figure.high.isFinite, figure.low <= figure.high else {
            return nil
        }
        return figure.low...figure.high
    }

    /// A lane's colour on paper.
    static func printColor(_ index: Int) -> Color {
        let colors: [UInt32] = [
            0x2B6CB0, 0xC05621, 0x2F855A, 0x805AD5, 0xC53030, 0x0987A0, 0x975A16, 0x4A5568,
        ]
        return Color(hex: colors[index % colors.count])
    }

    // MARK: Pictures

    private func picturesText(_ format: ExportFormat) -> String {
        var rows: [String] = []
        for contender in compared {
            guard let sheet = sheets.sheet(lane: contender.name, prompt: shownPrompt) else { continue }
            for (noise, picture) in sheet.pictures.enumerated() {
                rows.append(
                    format == .csv
                        ? [
                            FileText.csv(shownPrompt), FileText.csv(contender.name), "\(sheet.step)",
                            "\(noise + 1)", FileText.csv(picture.label),
                            FileText.number(picture.confidence),
                        ].joined(separator: ",")
                        : "{\"prompt\":\(FileText.json(shownPrompt)),"
                            + "\"lane\":\(FileText.json(contender.name)),\"step\":\(sheet.step),"
                            + "\"noise\":\(noise + 1),\"label\":\(FileText.json(picture.label)),"
                            + "\"confidence\":\(FileText.jsonNumber(picture.confidence))}")
            }
        }
        return format == .csv
            ? (["prompt,lane,step,noise,label,confidence"] + rows).joined(separator: "\n") + "\n"
            : "{\"pictures\":[\n\(rows.joined(separator: ",\n"))\n]}\n"
    }

    /// All pictures of the prompt, a column a contender, a row a noise.
    private var picturesFigure: Figure {
        let ink = Color(hex: 0x1A202C)
        let (pitch, size, left, top) = (150.0, 128.0, 56.0, 92.0)
        let rows = min(comparedPictures, 64)
        var figure = Figure(
            width: Int(left + pitch * Double(compared.count)) + 16,
            height: Int(top + (size + 34) * Double(rows)) + 12, background: Color(hex: 0xFFFFFF))
        figure.words(
            "\"\(shownPrompt)\", the same noise in each row", at: FigurePoint(x: left, y: 38),
            size: 18, color: ink)
        for (column, contender) in compared.enumerated() {
            let x = left + pitch * Double(column)
            let name = contender.index == nil ? contender.name : "\(contender.mark) \(contender.name)"
            figure.words(
                TextLayout.clipped(name, to: 15), at: FigurePoint(x: x, y: top - 14), size: 14,
                color: contender.index.map(Self.printColor) ?? ink)
            guard let sheet = sheets.sheet(lane: contender.name, prompt: shownPrompt) else { continue }
            for (row, picture) in sheet.pictures.prefix(rows).enumerated() {
                let y = top + (size + 34) * Double(row)
                if let pixels = FigurePixels(
                    width: sheet.width, height: sheet.height, rgb: picture.rgb)
                {
                    figure.pixels(
                        pixels, at: FigurePoint(x: x, y: y),
                        scale: size / Double(max(sheet.width, sheet.height)))
                }
                let confidence =
                    picture.confidence.isFinite ? " " + NumberText.fixed(picture.confidence, 2) : ""
                figure.words(
                    TextLayout.clipped(
                        SamplesPanel.abbreviated(picture.label) + confidence, to: 18),
                    at: FigurePoint(x: x, y: y + size + 16), size: 12, color: ink)
            }
        }
        for row in 0..<rows {
            figure.words(
                "\(row + 1)", at: FigurePoint(x: 20, y: top + (size + 34) * Double(row) + 14),
                size: 14, color: ink)
        }
        return figure
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
