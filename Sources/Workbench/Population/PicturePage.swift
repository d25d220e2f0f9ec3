import BenchProtocol
import TerminalKit

/// One picture dot for dot, how it was denoised, and what others make of the same noise.
struct PicturePage: Drawing {
    let model: WorkbenchModel
    let theme: Theme

    func draw(on canvas: inout Canvas, in rect: Rect) {
        guard let shown = model.galleryPicture else {
            PopulationView.say(
                [
                    "\(model.galleryContender.name) has no picture of \"\(model.shownPrompt)\" yet",
                    "g samples \(model.samplesPerKey) of everyone; esc goes back to the gallery.",
                ], theme: theme, on: &canvas, in: rect)
            return
        }
        let exact = max(1, (shown.sheet.height + 1) / 2)
        let labels = rect.height >= 14 ? 3 : 1
        // The picture takes as many rows as it has, or as there are beside its words.
        let side = max(1, min(exact, rect.height - labels, (rect.width - 20) / 2))
        let (left, rest) = rect.splitLeft(2 * side + 2)
        drawPicture(shown, side, labels: labels, on: &canvas, in: left)
        let right = rest
        let below = Rect(
            x: rect.x, y: rect.y + side + labels, width: rect.width,
            height: rect.height - side - labels)
        if below.height >= 7, rect.width >= 100 {
            drawOthers(shown, on: &canvas, in: right.splitTop(side + labels).0)
            drawFilm(shown, on: &canvas, in: below)
        } else {
            let (upper, lower) = right.splitTop((right.height + 1) / 2)
            drawOthers(shown, on: &canvas, in: upper)
            drawFilm(shown, on: &canvas, in: lower)
        }
    }

    private typealias Shown = (sheet: Thumbnails, noise: Int, picture: Thumbnails.Picture)

    private func drawPicture(
        _ shown: Shown, _ side: Int, labels: Int, on canvas: inout Canvas, in rect: Rect
    ) {
        let box = Rect(x: rect.x, y: rect.y, width: 2 * side, height: side)
        model.drawPicture(
            shown.sheet.width, shown.sheet.height, shown.picture.rgb,
            number: model.sheets.number(lane: shown.sheet.lane, prompt: shown.sheet.prompt),
            place: shown.noise, on: &canvas, in: box)
        let words = PictureLabel.fitted(
            shown.picture.label, confidence: shown.picture.confidence, width: box.width)
        let contender = model.galleryContender
        let lines: [(String, Style)] = [
            (TextLayout.padded(words, to: box.width), theme.style(for: .selection)),
            (
                contender.index == nil
                    ? "base model" : model.label(of: contender, atMost: box.width),
                LaneMark.style(contender, theme).with(.bold)
            ),
            (
                "noise \(shown.noise) of \(shown.sheet.pictures.count)  step \(shown.sheet.step)",
                theme.style(for: .dim)
            ),
        ]
        for (row, line) in lines.prefix(labels).enumerated() {
            canvas.put(
                line.0, x: box.x, y: box.maxY + row, style: line.1, maxWidth: box.width)
        }
    }

    // MARK: The same noise elsewhere

    private func drawOthers(_ shown: Shown, on canvas: inout Canvas, in rect: Rect) {
        let others = model.contenders.filter { $0.name != shown.sheet.lane }
        let area = heading("noise \(shown.noise) elsewhere  ↑↓", on: &canvas, in: rect)
        let pictures = others.compactMap { contender -> (Contender, Thumbnails)? in
            guard
                let sheet = model.sheets.sheet(lane: contender.name, prompt: model.shownPrompt),
                sheet.pictures.indices.contains(shown.noise)
            else { return nil }
            return (contender, sheet)
        }
        guard !pictures.isEmpty else {
            canvas.put(
                "nobody else has drawn from it yet", x: area.x, y: area.y,
                style: theme.style(for: .dim), maxWidth: area.width)
            return
        }
        let exact = (shown.sheet.height + 1) / 2
        guard let side = GalleryLayout.side(of: pictures.count, in: area, exact: exact) else {
            // No room for pictures: words.
            for (row, entry) in pictures.prefix(area.height).enumerated() {
                let picture = entry.1.pictures[shown.noise]
                canvas.put(
                    "\(LaneMark.text(entry.0)) "
                        + PictureLabel.fitted(
                            picture.label, confidence: picture.confidence, width: area.width - 6),
                    x: area.x, y: area.y + row, style: LaneMark.style(entry.0, theme),
                    maxWidth: area.width)
            }
            return
        }
        let across = (area.width + 1) / (2 * side + 1)
        for (place, (contender, sheet)) in pictures.enumerated() {
            let picture = sheet.pictures[shown.noise]
            let box = Rect(
                x: area.x + place % across * (2 * side + 1),
                y: area.y + place / across * (side + 1), width: 2 * side, height: side)
            model.drawPicture(
                sheet.width, sheet.height, picture.rgb,
                number: model.sheets.number(lane: sheet.lane, prompt: sheet.prompt),
                place: shown.noise, on: &canvas, in: box)
            let mark = LaneMark.text(contender) + " "
            let columns = TextLayout.columns(mark)
            canvas.put(
                runs: [
                    (mark, LaneMark.style(contender, theme).with(.bold)),
                    (
                        box.width - columns < 4
                            ? ""
                            : PictureLabel.fitted(
                                picture.label, confidence: picture.confidence,
                                width: box.width - columns), theme.style(for: .dim)
                    ),
                ], x: box.x, y: box.maxY,
                in: Rect(x: box.x, y: box.y, width: box.width, height: side + 1))
            canvas.mark(
                Rect(x: box.x, y: box.y, width: box.width, height: side + 1),
                MouseTarget.item(
                    .population,
                    GallerySpot(
                        .picture, row: contender.index.map { $0 + 1 } ?? 0, item: shown.noise
                    ).number))
        }
    }

    // MARK: Denoising

    private func drawFilm(_ shown: Shown, on canvas: inout Canvas, in rect: Rect) {
        guard let key = model.shownFilmKey, let placed = model.populationRecord.film(key) else {
            let area = heading("denoising", on: &canvas, in: rect)
            PopulationView.say(
                [
                    model.isAttached
                        ? "its denoising steps are being drawn …"
                        : "no engine is there to draw its denoising steps"
                ], theme: theme, on: &canvas, in: area)
            return
        }
        let film = placed.film
        let old = film.step == shown.sheet.step ? "" : " at step \(film.step)"
        let area = heading(
            "denoising\(old): the picture as taken to be after n of \(film.inferenceSteps) steps",
            short: "denoising\(old), \(film.inferenceSteps) steps", on: &canvas, in: rect)
        let exact = (film.height + 1) / 2
        let frames = fitting(film.frames, in: area, exact: exact)
        guard let side = GalleryLayout.side(of: frames.count, in: area, exact: exact) else {
            return
        }
        let across = max(1, (area.width + 1) / (2 * side + 1))
        for (place, frame) in frames.enumerated() {
            let box = Rect(
                x: area.x + place % across * (2 * side + 1),
                y: area.y + place / across * (side + 1), width: 2 * side, height: side)
            model.drawPicture(
                film.width, film.height, frame.rgb, number: -placed.number, place: frame.taken,
                on: &canvas, in: box)
            let taken = "\(frame.taken) "
            canvas.put(
                taken
                    + PictureLabel.fitted(
                        frame.label, confidence: frame.confidence,
                        width: max(0, box.width - taken.utf8.count)), x: box.x, y: box.maxY,
                style: theme.style(for: place == frames.count - 1 ? .text : .dim),
                maxWidth: box.width)
        }
    }

    /// All frames, or as many of them as are worth looking at: the last always, spread evenly.
    private func fitting(_ frames: [Film.Frame], in area: Rect, exact: Int) -> [Film.Frame] {
        for count in stride(from: frames.count, through: 1, by: -1) {
            let side = GalleryLayout.side(of: count, in: area, exact: exact) ?? 0
            guard side >= 4 || count == 1 else { continue }
            return (1...count).map { frames[$0 * frames.count / count - 1] }
        }
        return []
    }

    private func heading(
        _ text: String, short: String? = nil, on canvas: inout Canvas, in rect: Rect
    ) -> Rect {
        let (line, body) = rect.splitTop(1)
        let fits = !TextLayout.exceeds(text, line.width)
        canvas.put(
            fits ? text : short ?? text, x: line.x, y: line.y, style: theme.style(for: .header),
            maxWidth: line.width)
        return body
    }
}
