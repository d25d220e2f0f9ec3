import BenchProtocol
import TerminalKit

/// Pictures of the base and the lanes for the shown prompt, each column from the same noise.
struct SamplesPanel: Drawing {
    let model: WorkbenchModel
    let theme: Theme
    let isZoomed: Bool

    func draw(on canvas: inout Canvas, in rect: Rect) {
        let sheets = model.contenders.compactMap {
            model.sheets.sheet(lane: $0.name, prompt: model.shownPrompt)
        }
        guard let pictures = sheets.map(\.pictures.count).max(), pictures > 0 else {
            canvas.put(
                "no pictures for this prompt yet: g samples", x: rect.x + 1, y: rect.y,
                style: theme.style(for: .dim), maxWidth: rect.width - 1)
            return
        }
        let exact = (sheets.map(\.height).max() ?? 32) / 2
        guard let (shown, grid) = arrangement(in: rect, pictures: pictures, exact: max(2, exact))
        else {
            canvas.put(
                "no room for pictures", x: rect.x, y: rect.y, style: theme.style(for: .dim),
                maxWidth: rect.width)
            return
        }
        let stripWidth = rect.width / grid.stripsPerRow
        let stripHeight = grid.pictureHeight + (grid.hasLabels ? 1 : 0)
        let spare = max(0, rect.height - stripHeight * grid.rows)
        // What height is left over sets the rows of strips apart.
        let gap = min(1, spare / max(1, grid.rows))
        // What width is left over gives the names room.
        let spareWidth = stripWidth - grid.picturesPerStrip * (grid.pictureWidth + 1)
        let longest = shown.map { TextLayout.columns($0.name, upTo: 48) }.max() ?? 0
        let gutter = max(PictureGrid.gutter, min(longest + 1, spareWidth))
        for (place, contender) in shown.enumerated() {
            let strip = Rect(
                x: rect.x + place % grid.stripsPerRow * stripWidth,
                y: rect.y + place / grid.stripsPerRow * (stripHeight + gap), width: stripWidth,
                height: stripHeight)
            drawStrip(contender, grid, gutter: gutter, on: &canvas, in: strip)
        }
    }

    /// Everybody with pictures worth looking at, or else fewer of them.
    private func arrangement(
        in rect: Rect, pictures: Int, exact: Int
    ) -> ([Contender], PictureGrid)? {
        let everyone = model.contenders.count
        // Zoomed, a pixel of the picture is a pixel of the screen, if need be for two only.
        let wishes: [(least: Int, smallest: Int)] =
            isZoomed ? [(1, exact), (2, 8), (1, 4)] : [(2, 4), (1, 4)]
        for wish in wishes {
            for count in stride(from: everyone, through: min(2, everyone), by: -1) {
                if let grid = PictureGrid(
                    width: rect.width, height: rect.height, contenders: count, pictures: pictures,
                    least: wish.least, largest: exact, smallest: min(exact, wish.smallest))
                {
                    return (model.contenders(atMost: count), grid)
                }
            }
        }
        for count in stride(from: everyone, through: 1, by: -1) {
            if let grid = PictureGrid(
                width: rect.width, height: rect.height, contenders: count, pictures: pictures,
                least: 1, largest: exact, smallest: 2)
            {
                return (model.contenders(atMost: count), grid)
            }
        }
        return nil
    }

    private func drawStrip(
        _ contender: Contender, _ grid: PictureGrid, gutter: Int, on canvas: inout Canvas,
        in rect: Rect
    ) {
        let style = LaneMark.style(contender, theme).with(.bold)
        canvas.put(
            LaneMark.text(contender), x: rect.x, y: rect.y, style: style,
            maxWidth: gutter - 1)
        if contender.index != nil, grid.pictureHeight > 1 {
            canvas.put(
                model.name(of: contender, atMost: gutter - 1), x: rect.x, y: rect.y + 1,
                style: theme.style(for: .dim), maxWidth: gutter - 1)
        }
        guard let sheet = model.sheets.sheet(lane: contender.name, prompt: model.shownPrompt)
        else { return }
        let number = model.sheets.number(lane: contender.name, prompt: model.shownPrompt)
        let last = max(0, sheet.pictures.count - grid.picturesPerStrip)
        let first = isZoomed ? min(model.scroll, last) : 0
        for place in 0..<grid.picturesPerStrip where first + place < sheet.pictures.count {
            let picture = sheet.pictures[first + place]
            let left = rect.x + gutter + place * (grid.pictureWidth + 1)
            let key = PictureCache.Key(
                sheet: number, picture: first + place, columns: grid.pictureWidth,
                rows: grid.pictureHeight, depth: model.colorDepth)
            let image = model.pictureCache.image(key) {
                PixelImage(width: sheet.width, height: sheet.height, rgb: picture.rgb).map {
                    CellImage.fitted(
                        $0, columns: grid.pictureWidth, rows: grid.pictureHeight,
                        depth: model.colorDepth)
                }
            }
            if let image {
                canvas.draw(
                    image,
                    in: Rect(
                        x: left, y: rect.y, width: grid.pictureWidth, height: grid.pictureHeight))
            }
            guard grid.hasLabels else { continue }
            canvas.put(
                PictureLabel.fitted(
                    picture.label, confidence: picture.confidence, width: grid.pictureWidth),
                x: left,
                y: rect.y + grid.pictureHeight, style: theme.style(for: .dim),
                maxWidth: grid.pictureWidth)
        }
    }
}
