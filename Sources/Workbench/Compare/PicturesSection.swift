import BenchProtocol
import TerminalKit

/// The same prompt from the same noise: a column a contender, a row a noise.
struct PicturesSection: Drawing {
    let model: WorkbenchModel
    let theme: Theme

    func draw(on canvas: inout Canvas, in rect: Rect) {
        let sheets = model.compared.compactMap {
            model.sheets.sheet(lane: $0.name, prompt: model.shownPrompt)
        }
        guard let height = sheets.map(\.height).max(), model.comparedPictures > 0 else {
            let text =
                "No pictures of \"\(model.shownPrompt)\" yet: g samples, n takes another prompt."
            for (row, line) in TextLayout.wrapped(text, to: rect.width).prefix(rect.height)
                .enumerated()
            {
                canvas.put(line, x: rect.x, y: rect.y + row, style: theme.style(for: .dim))
            }
            return
        }
        let gutter = 3
        let shown = model.compared(atMost: max(1, (rect.width - gutter) / 7))
        let pitch = (rect.width - gutter) / max(1, shown.count)
        guard pitch >= 4, rect.height >= 4 else { return }
        let body = rect.splitTop(1).1
        // Dot for dot where there is room, and otherwise two noises at least.
        let exact = max(2, height / 2)
        let wide = (pitch - 1) / 2
        let high = body.height >= 2 * 5 ? (body.height / 2) - 1 : body.height - 1
        let side = max(2, min(exact, wide, max(high, min(wide, exact, body.height - 1) / 2)))
        let rows = max(1, body.height / (side + 1))
        for (column, contender) in shown.enumerated() {
            let focused = contender.index == model.focusedLane && contender.index != nil
            canvas.put(
                model.label(of: contender, atMost: pitch - 1), x: rect.x + gutter + column * pitch,
                y: rect.y,
                style: LaneMark.style(contender, theme).with(
                    focused ? [.bold, .underline] : .bold),
                maxWidth: pitch - 1)
        }
        let first = min(model.compare.noise, max(0, model.comparedPictures - rows))
        for row in 0..<rows where first + row < model.comparedPictures {
            let y = body.y + row * (side + 1)
            canvas.put(
                "\(first + row + 1)", x: rect.x, y: y, style: theme.style(for: .dim), maxWidth: 2)
            for (column, contender) in shown.enumerated() {
                draw(
                    contender, first + row, on: &canvas,
                    in: Rect(
                        x: rect.x + gutter + column * pitch, y: y, width: min(side * 2, pitch - 1),
                        height: side + 1))
            }
        }
    }

    private func draw(
        _ contender: Contender, _ noise: Int, on canvas: inout Canvas, in rect: Rect
    ) {
        guard let sheet = model.sheets.sheet(lane: contender.name, prompt: model.shownPrompt),
            sheet.pictures.indices.contains(noise)
        else { return }
        let picture = sheet.pictures[noise]
        let rows = rect.height - 1
        let key = PictureCache.Key(
            sheet: model.sheets.number(lane: contender.name, prompt: model.shownPrompt),
            picture: noise, columns: rect.width, rows: rows, depth: model.colorDepth)
        let image = model.pictureCache.image(key) {
            PixelImage(width: sheet.width, height: sheet.height, rgb: picture.rgb).map {
                CellImage.fitted($0, columns: rect.width, rows: rows, depth: model.colorDepth)
            }
        }
        if let image {
            canvas.draw(image, in: Rect(x: rect.x, y: rect.y, width: rect.width, height: rows))
        }
        let confidence =
            picture.confidence.isFinite ? " " + NumberText.share(picture.confidence) : ""
        let short = PictureLabel.abbreviated(picture.label)
        let texts = [picture.label + confidence, short + confidence, short]
        canvas.put(
            texts.first { !TextLayout.exceeds($0, rect.width) } ?? short, x: rect.x,
            y: rect.maxY - 1, style: theme.style(for: .dim), maxWidth: rect.width)
    }
}
