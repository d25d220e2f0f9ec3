import BenchProtocol
import TerminalKit

/// Pictures in rows, the base's first: columns share their noise unless rows are ordered otherwise.
struct GalleryPage: Drawing {
    let model: WorkbenchModel
    let theme: Theme

    /// The part of the page that pictures have: a line above says what is shown, one below who is
    /// under the cursor.
    static func pictures(of inner: Rect) -> Rect {
        let lines = inner.height >= 10 ? 1 : 0
        return Rect(
            x: inner.x, y: inner.y + lines, width: inner.width, height: inner.height - lines - 1)
    }

    func draw(on canvas: inout Canvas, in rect: Rect) {
        let rows = model.galleryRows
        guard rows.contains(where: { $0.sheet?.pictures.isEmpty == false }) else {
            return PopulationView.say(missing, theme: theme, on: &canvas, in: rect)
        }
        let area = Self.pictures(of: rect)
        if area.y > rect.y { drawChoice(rows, on: &canvas, in: rect.splitTop(1).0) }
        guard rows.contains(where: { $0.items.contains { $0 != nil } }) else {
            PopulationView.say(
                ["no picture matches: F shows all again, f goes to the next class"], theme: theme,
                on: &canvas, in: area)
            return
        }
        guard let layout = model.galleryLayout(rows: rows, in: rect) else {
            PopulationView.say(
                ["no room for pictures: h shows histograms"], theme: theme, on: &canvas, in: area)
            return
        }
        let cursor = model.galleryCursor(in: rows)
        if model.gallery.isOneLane {
            drawWrapped(rows[cursor.row], cursor.column, layout, on: &canvas, in: area)
        } else {
            drawRows(rows, cursor, layout, on: &canvas, in: area)
        }
        drawDetail(on: &canvas, in: rect.splitBottom(1).1)
    }

    private var missing: [String] {
        guard model.state != nil else { return ["waiting for the engine: nothing is known yet"] }
        if model.tasks["sample"] != nil || model.state?.phase == .sampling {
            return ["the first pictures of \"\(model.shownPrompt)\" are being drawn …"]
        }
        return [
            "no pictures of \"\(model.shownPrompt)\" yet",
            "g samples \(model.samplesPerKey) of the base and of every lane; n shows the next "
                + "prompt, G takes any prompt you type.",
        ]
    }

    // MARK: What is shown

    private func drawChoice(_ rows: [GalleryRow], on canvas: inout Canvas, in rect: Rect) {
        let state = model.gallery
        let all = rows.reduce(0) { $0 + ($1.sheet?.pictures.count ?? 0) }
        let shown = rows.reduce(0) { $0 + $1.items.count { $0 != nil } }
        let dim = theme.style(for: .dim)
        let strong = theme.style(for: .accent)
        let order =
            switch state.order {
            case .noise: model.isPaired ? "columns share noise" : "by noise"
            case .attribute: "by \(model.galleryAttribute)"
            case .surest, .leastSure: state.order.rawValue
            }
        var runs: [(String, Style)] = [("\(shown) of \(all) pictures", theme.style(for: .text))]
        runs.append(("  f ", theme.style(for: .key)))
        runs.append(
            state.filter.map { ("\(model.galleryAttribute) \($0)", strong) }
                ?? ("every \(model.galleryAttribute)", dim))
        runs.append(("  c ", theme.style(for: .key)))
        runs.append((state.sureness.rawValue, state.sureness == .any ? dim : strong))
        runs.append(("  o ", theme.style(for: .key)))
        runs.append((order, state.order == .noise ? dim : strong))
        if state.isOneLane {
            runs.append(("  l ", theme.style(for: .key)))
            runs.append(("\(model.galleryContender.name) alone", strong))
        }
        canvas.put(runs: runs, x: rect.x, y: rect.y, in: rect)
    }

    private func drawDetail(on canvas: inout Canvas, in rect: Rect) {
        guard let shown = model.galleryPicture else {
            let lane = model.galleryContender.name
            let isSampled = model.sheets.sheet(lane: lane, prompt: model.shownPrompt) != nil
            canvas.put(
                "▸ \(lane)  \(isSampled ? "no picture matches" : "no pictures yet")", x: rect.x,
                y: rect.y,
                style: theme.style(for: .dim), maxWidth: rect.width)
            return
        }
        canvas.put(
            runs: [
                ("▸ ", theme.style(for: .key)),
                (
                    shown.sheet.lane,
                    LaneMark.style(model.galleryContender, theme).with(.bold)
                ),
                (
                    "  \(shown.picture.label)  \(NumberText.share(shown.picture.confidence))",
                    theme.style(for: .text)
                ),
                (
                    "  noise \(shown.noise)  step \(shown.sheet.step)  enter: large, denoising",
                    theme.style(for: .dim)
                ),
            ], x: rect.x, y: rect.y, in: rect)
    }

    // MARK: Rows

    private func drawRows(
        _ rows: [GalleryRow], _ cursor: (row: Int, column: Int?), _ layout: GalleryLayout,
        on canvas: inout Canvas, in area: Rect
    ) {
        // The base stays in sight: lanes are looked at beside it.
        let lanes = max(1, layout.visibleRows - 1)
        let first = max(0, min(cursor.row - 1 - (lanes - 1) / 2, rows.count - 1 - lanes))
        var shown: [Int] =
            rows.count <= layout.visibleRows
            ? Array(rows.indices) : [0] + Array((first + 1)..<min(rows.count, first + 1 + lanes))
        if layout.visibleRows == 1 { shown = [cursor.row] }
        let columns = rows.map(\.items.count).max() ?? 0
        let start = min(
            (cursor.column ?? 0) / layout.perRow * layout.perRow, max(0, columns - layout.perRow))
        for (place, index) in shown.enumerated() {
            let y = area.y + place * layout.cellHeight
            let isHere = index == cursor.row
            drawGutter(rows[index], isHere, layout, on: &canvas, x: area.x, y: y)
            for offset in 0..<layout.perRow {
                let column = start + offset
                guard rows[index].items.indices.contains(column) else { break }
                draw(
                    rows[index].items[column], of: rows[index],
                    isChosen: isHere && cursor.column == column, layout, on: &canvas,
                    x: area.x + layout.gutter + offset * layout.cellWidth, y: y, in: area)
            }
        }
        let hidden = rows.count - shown.count
        let beyond = columns - start - layout.perRow
        let more = [
            hidden > 0 ? "\(hidden) more rows ↑↓" : nil, beyond > 0 ? "\(beyond) more →" : nil,
            start > 0 ? "← \(start) before" : nil,
        ].compactMap { $0 }.joined(separator: "  ")
        let bottom = area.y + shown.count * layout.cellHeight
        if !more.isEmpty, bottom < area.maxY {
            canvas.put(
                more, rightAlignedTo: area.maxX, y: bottom, style: theme.style(for: .dim),
                maxWidth: area.width)
        }
    }

    private func drawGutter(
        _ row: GalleryRow, _ isHere: Bool, _ layout: GalleryLayout, on canvas: inout Canvas,
        x: Int, y: Int
    ) {
        let width = layout.gutter - 1
        let style = LaneMark.style(row.contender, theme).with(.bold)
        canvas.put(
            (isHere ? "▸" : "") + LaneMark.text(row.contender), x: x, y: y, style: style,
            maxWidth: width)
        var lines =
            row.contender.index == nil ? [] : [model.name(of: row.contender, atMost: width)]
        if let sheet = row.sheet { lines.append("s\(sheet.step)") }
        for (offset, line) in lines.prefix(layout.side - 1).enumerated() {
            canvas.put(
                line, x: x, y: y + 1 + offset, style: theme.style(for: .dim), maxWidth: width)
        }
        guard layout.side > 2, row.sheet == nil || row.items.isEmpty else { return }
        canvas.put(
            row.sheet == nil ? "no pictures yet" : "no picture matches", x: x + layout.gutter, y: y,
            style: theme.style(for: .dim))
    }

    private func drawWrapped(
        _ row: GalleryRow, _ cursor: Int?, _ layout: GalleryLayout, on canvas: inout Canvas,
        in area: Rect
    ) {
        let line = (cursor ?? 0) / layout.perRow
        let lines = (row.items.count + layout.perRow - 1) / layout.perRow
        let first = min(
            line / layout.visibleRows * layout.visibleRows, max(0, lines - layout.visibleRows))
        for down in 0..<layout.visibleRows {
            for across in 0..<layout.perRow {
                let place = (first + down) * layout.perRow + across
                guard row.items.indices.contains(place) else { return }
                draw(
                    row.items[place], of: row, isChosen: place == cursor, layout, on: &canvas,
                    x: area.x + layout.gutter + across * layout.cellWidth,
                    y: area.y + down * layout.cellHeight, in: area)
            }
        }
    }

    // MARK: One picture

    private func draw(
        _ noise: Int?, of row: GalleryRow, isChosen: Bool, _ layout: GalleryLayout,
        on canvas: inout Canvas, x: Int, y: Int, in area: Rect
    ) {
        guard let sheet = row.sheet else { return }
        guard let noise, sheet.pictures.indices.contains(noise) else {
            canvas.put(
                "·", x: x + layout.side, y: y + layout.side / 2, style: theme.style(for: .dim))
            return
        }
        let picture = sheet.pictures[noise]
        let box = Rect(x: x, y: y, width: 2 * layout.side, height: layout.side)
        model.drawPicture(
            sheet.width, sheet.height, picture.rgb,
            number: model.sheets.number(lane: sheet.lane, prompt: sheet.prompt), place: noise,
            on: &canvas, in: box)
        let style =
            isChosen ? theme.style(for: .selection) : theme.style(for: .dim)
        let label = PictureLabel.fitted(
            picture.label, confidence: picture.confidence, width: box.width)
        canvas.put(
            isChosen ? TextLayout.padded(label, to: box.width) : label, x: x, y: y + layout.side,
            style: style, maxWidth: box.width)
        if isChosen {
            // A bar in the gap beside the picture: the cursor is seen without colour, too.
            canvas.fill(
                Rect(x: x - 1, y: y, width: 1, height: layout.cellHeight).intersection(area), "▌",
                theme.style(for: .accent))
        }
        let contender = row.contender.index.map { $0 + 1 } ?? 0
        canvas.mark(
            Rect(x: x, y: y, width: box.width, height: layout.cellHeight),
            MouseTarget.item(
                .population, GallerySpot(.picture, row: contender, item: noise).number))
    }
}

extension WorkbenchModel {
    /// Draws a picture as large as fits a rectangle, made into cells once.
    ///
    /// - Parameter number: tells the picture's sheet or film from all others; films have negative ones.
    func drawPicture(
        _ width: Int, _ height: Int, _ rgb: [UInt8], number: Int, place: Int,
        on canvas: inout Canvas, in box: Rect
    ) {
        let key = PictureCache.Key(
            sheet: number, picture: place, columns: box.width, rows: box.height, depth: colorDepth)
        let image = pictureCache.image(key) {
            PixelImage(width: width, height: height, rgb: rgb).map {
                CellImage.fitted($0, columns: box.width, rows: box.height, depth: colorDepth)
            }
        }
        if let image { canvas.draw(image, in: box) }
    }
}
