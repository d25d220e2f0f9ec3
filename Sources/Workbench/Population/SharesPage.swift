import BenchProtocol
import TerminalKit

/// Who appears for the prompt in numbers: a row for the base and for each lane, discrepancies with
/// intervals, shares of the classes as far as there is room, and how to read them.
struct SharesPage: Drawing {
    let model: WorkbenchModel
    let theme: Theme

    /// ".31 ±.12*" and a space.
    private static let figureWidth = 10
    private static let shareWidth = 5

    func draw(on canvas: inout Canvas, in rect: Rect) {
        let table = SharesTable(model)
        guard !table.columns.isEmpty else {
            return PopulationView.say(
                [
                    "nobody was sampled for this prompt yet",
                    "g samples it now; e measures all prompts",
                ], theme: theme, on: &canvas, in: rect)
        }
        let inner = rect.inset(horizontally: rect.width >= 60 ? 1 : 0, vertically: 0)
        let names = min(18, max(8, inner.width / 6))
        let left = inner.x + names
        let room = inner.maxX - left - 5
        let shared = table.columns.reduce(0) {
            $0 + Self.figureWidth + Self.shareWidth * $1.classes.count + 1
        }
        let hasShares = shared <= room
        drawHead(table, left, hasShares, on: &canvas, in: inner)
        let rows = table.contenders.prefix(max(0, inner.height - 2))
        for (place, contender) in rows.enumerated() {
            let y = inner.y + 2 + place
            let isFocused = contender.index != nil && contender.index == model.focusedLane
            let ground = isFocused ? theme.style(for: .selection) : theme.base
            if isFocused {
                canvas.fill(Rect(x: inner.x, y: y, width: inner.width, height: 1), ground)
            }
            canvas.put(
                model.label(of: contender, atMost: names - 1), x: inner.x, y: y,
                style: LaneMark.style(contender, theme).on(ground.background),
                maxWidth: names - 1)
            drawEntries(table, place, left, hasShares, ground, on: &canvas, in: inner, y: y)
        }
        let below = inner.y + 3 + rows.count
        drawReading(table, on: &canvas, in: inner, from: below)
    }

    private func drawHead(
        _ table: SharesTable, _ left: Int, _ hasShares: Bool, on canvas: inout Canvas,
        in rect: Rect
    ) {
        let (header, dim) = (theme.style(for: .header), theme.style(for: .dim))
        var x = left
        for column in table.columns {
            canvas.put(
                "D \(column.attribute)", x: x, y: rect.y, style: header,
                maxWidth: Self.figureWidth - 1)
            x += Self.figureWidth
            guard hasShares else { continue }
            for name in column.classes {
                canvas.put(
                    RidgelinePage.short(name, Self.shareWidth - 1), x: x, y: rect.y, style: dim,
                    maxWidth: Self.shareWidth - 1)
                x += Self.shareWidth
            }
            x += 1
        }
        canvas.put("n", rightAlignedTo: min(x + 4, rect.maxX), y: rect.y, style: dim, maxWidth: 4)
    }

    private func drawEntries(
        _ table: SharesTable, _ place: Int, _ left: Int, _ hasShares: Bool, _ ground: Style,
        on canvas: inout Canvas, in rect: Rect, y: Int
    ) {
        var x = left
        for column in table.columns {
            let entry = column.entries[place]
            let best = theme.style(for: .ok).on(ground.background).with(.bold)
            canvas.put(
                entry.map(Self.words) ?? NumberText.missing, x: x, y: y,
                style: entry?.isFairest == true ? best : ground, maxWidth: Self.figureWidth - 1)
            x += Self.figureWidth
            guard hasShares else { continue }
            for count in entry?.histogram.counts ?? column.classes.map({ _ in 0 }) {
                let share = entry.map { Double(count) / Double($0.histogram.pictures) }
                canvas.put(
                    share.map(NumberText.share) ?? NumberText.missing, x: x, y: y, style: ground,
                    maxWidth: Self.shareWidth - 1)
                x += Self.shareWidth
            }
            x += 1
        }
        let pictures = table.columns.compactMap { $0.entries[place]?.histogram.pictures }.max()
        canvas.put(
            pictures.map { "\($0)" } ?? "", rightAlignedTo: min(x + 4, rect.maxX), y: y,
            style: theme.style(for: .dim).on(ground.background), maxWidth: 4)
    }

    private static func words(_ entry: SharesTable.Entry) -> String {
        "\(NumberText.share(entry.histogram.discrepancy)) ±\(NumberText.share(entry.half))"
            + (entry.isFairest ? "*" : "")
    }

    /// What the numbers mean, below them.
    private func drawReading(
        _ table: SharesTable, on canvas: inout Canvas, in rect: Rect, from start: Int
    ) {
        let floors = table.columns.compactMap { column in
            column.fairFloor.map { "\(column.attribute) \(NumberText.share($0))" }
        }
        let sizes = Set(table.columns.compactMap(\.pictures))
        var sentences = [
            "D is how far the shares are from even ones, 0 is fair; ± its 95 % interval, * the fairest."
        ]
        if let pictures = sizes.first, sizes.count == 1, !floors.isEmpty {
            sentences.append(
                "Of \(pictures) pictures even a fair model shows a D of about "
                    + "\(floors.joined(separator: ", ")) by chance.")
        } else {
            sentences.append(
                "Numbers of pictures differ: a D over fewer is larger by chance, so no lane is marked."
            )
        }
        sentences.append("g samples \(model.samplesPerKey) pictures; e measures all prompts.")
        var y = start
        for line in sentences.flatMap({ TextLayout.wrapped($0, to: rect.width) }) {
            guard y < rect.maxY else { return }
            canvas.put(line, x: rect.x, y: y, style: theme.style(for: .dim), maxWidth: rect.width)
            y += 1
        }
    }
}
