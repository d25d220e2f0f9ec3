import BenchProtocol
import Figures
import TerminalKit

extension WorkbenchModel {
    /// The formats this view can be written in.
    var populationExportFormats: [ExportFormat] {
        ExportFormat.allCases
    }

    /// What this view shows, for a file; nil when there is nothing to write.
    func populationExport(_ format: ExportFormat) -> ExportedFile? {
        if gallery.page == .shares { return SharesTable(self).exported(self)?.file(format) }
        let table = HistoryTable(self)
        let isHistory = gallery.page == .ridgeline || gallery.page == .heatMap
        let name = "\(isHistory ? table.attribute : "population")-\(shownPrompt)"
        let content: ExportedFile.Content?
        switch format {
        case .csv:
            content = (isHistory ? historyRows(table) : labelRows).map {
                .text(FileText.csv(rows: $0))
            }
        case .json:
            content =
                historyRows(table) == nil && labelRows == nil
                ? nil : .text(populationJSON(attributes: shownAttributes))
        case .svg, .png:
            content = (isHistory ? historyFigure(table) : pictureSheet?.drawn()).map {
                .figure($0)
            }
        }
        return content.map { ExportedFile(name: name, format: format, content: $0) }
    }

    // MARK: Tables

    /// One row a picture, the filters heeded; the first names the columns.
    private var labelRows: [[String]]? {
        let attributes = shownAttributes.filter { !shownClasses($0).isEmpty }
        let rows = galleryRows.flatMap { row -> [[String]] in
            guard let sheet = row.sheet else { return [] }
            return row.items.compactMap { $0 }.map { noise in
                let picture = sheet.pictures[noise]
                return [sheet.prompt, sheet.lane, "\(sheet.step)", "\(noise)", picture.label]
                    + attributes.map { shownClass($0, in: picture.label) ?? "" }
                    + [PopulationNumber.text(picture.confidence)]
            }
        }
        guard !rows.isEmpty else { return nil }
        return [["prompt", "lane", "step", "noise", "label"] + attributes + ["confidence"]] + rows
    }

    /// One row a class of every histogram of an attribute, references included.
    private func historyRows(_ table: HistoryTable) -> [[String]]? {
        guard !table.classes.isEmpty else { return nil }
        var rows = [["prompt", "lane", "step", "attribute", "class", "count", "share"]]
        func add(_ lane: String, _ step: Int?, _ counts: [Int]?, _ shares: [Double]) {
            for (bin, name) in table.classes.enumerated() {
                rows.append([
                    shownPrompt, lane, step.map { "\($0)" } ?? "", table.attribute, name,
                    counts.map { "\($0[bin])" } ?? "", PopulationNumber.text(shares[bin]),
                ])
            }
        }
        if let planted = table.planted { add("planted", nil, nil, planted) }
        add("uniform", nil, nil, table.uniform)
        if let base = table.base { add("base", base.step, base.counts, base.shares) }
        for lane in table.lanes {
            for step in table.steps {
                guard let point = lane.byStep[step] else { continue }
                add(lane.contender.name, step, point.counts, point.shares)
            }
        }
        return rows
    }

    /// Everything known of the prompt: labels of the pictures shown, and counts over steps.
    private func populationJSON(attributes: [String]) -> String {
        typealias T = FileText
        let pictures = galleryRows.flatMap { row -> [String] in
            guard let sheet = row.sheet else { return [] }
            return row.items.compactMap { $0 }.map { noise in
                let picture = sheet.pictures[noise]
                return T.object([
                    ("lane", T.json(sheet.lane)), ("step", "\(sheet.step)"),
                    ("noise", "\(noise)"), ("label", T.json(picture.label)),
                    ("confidence", PopulationNumber.text(picture.confidence, null: true)),
                ])
            }
        }
        let histograms = attributes.compactMap { attribute -> String? in
            var model = self
            model.gallery.attribute = attribute
            let table = HistoryTable(model)
            guard !table.classes.isEmpty else { return nil }
            var lanes = table.base.map { [("base", [$0])] } ?? []
            lanes += table.lanes.map { lane in
                (lane.contender.name, table.steps.compactMap { lane.byStep[$0] })
            }
            return T.object([
                ("attribute", T.json(attribute)),
                ("classes", T.array(table.classes.map(T.json))),
                (
                    "planted",
                    table.planted.map { T.array($0.map { PopulationNumber.text($0, null: true) }) }
                        ?? "null"
                ),
                (
                    "lanes",
                    T.array(
                        lanes.map { name, points in
                            T.object([
                                ("lane", T.json(name)),
                                (
                                    "points",
                                    T.array(
                                        points.map { point in
                                            T.object([
                                                ("step", "\(point.step)"),
                                                ("counts", T.array(point.counts.map { "\($0)" })),
                                            ])
                                        })
                                ),
                            ])
                        })
                ),
            ])
        }
        return T.object([
            ("session", T.json(state?.session ?? "")), ("prompt", T.json(shownPrompt)),
            ("pictures", T.array(pictures)), ("histograms", T.array(histograms)),
        ]) + "\n"
    }

    // MARK: Pictures

    /// The gallery as rows of labelled pictures; of one picture: its film, and the noise elsewhere.
    private var pictureSheet: PictureSheet? {
        func cell(_ picture: Thumbnails.Picture) -> PictureSheet.Cell {
            .init(
                rgb: picture.rgb, label: picture.label,
                note: NumberText.share(picture.confidence))
        }
        let rows = galleryRows.filter { $0.items.contains { $0 != nil } }
        guard let first = rows.lazy.compactMap(\.sheet).first else { return nil }
        // Pictures of another size have no place on the sheet.
        let fitting = rows.filter {
            $0.sheet?.width == first.width && $0.sheet?.height == first.height
        }
        var sheet = PictureSheet(
            title: shownPrompt, width: first.width, height: first.height, rows: [])
        if gallery.page == .picture, let shown = galleryPicture {
            sheet.title += ", noise \(shown.noise)"
            sheet.rows = fitting.compactMap { row in
                guard let own = row.sheet, own.pictures.indices.contains(shown.noise) else {
                    return nil
                }
                let key = PopulationRecord.FilmKey(
                    lane: own.lane, prompt: shownPrompt, index: shown.noise)
                let film = populationRecord.film(key)?.film
                let frames = film.flatMap { film in
                    film.width == first.width && film.height == first.height
                        ? film.frames.map { frame in
                            PictureSheet.Cell(
                                rgb: frame.rgb, label: frame.label,
                                note: "\(frame.taken)/\(film.inferenceSteps) "
                                    + NumberText.share(frame.confidence))
                        } : nil
                }
                return .init(
                    name: own.lane, note: "step \(film?.step ?? own.step)",
                    cells: frames ?? [cell(own.pictures[shown.noise])])
            }
        } else {
            sheet.rows = fitting.compactMap { row in
                guard let own = row.sheet else { return nil }
                return .init(
                    name: own.lane, note: "step \(own.step)",
                    cells: row.items.map { $0.map { cell(own.pictures[$0]) } })
            }
        }
        // A sheet of one long row is cut into lines.
        if sheet.rows.count == 1 { sheet.wrap(at: 16) }
        return sheet
    }
}

/// Shares and confidences in exported files.
enum PopulationNumber {
    /// A number with up to six decimals; what is none is empty, or null.
    static func text(_ value: Double, null: Bool = false) -> String {
        guard value.isFinite else { return null ? "null" : "" }
        return "\((value * 1e6).rounded() / 1e6)"
    }
}
