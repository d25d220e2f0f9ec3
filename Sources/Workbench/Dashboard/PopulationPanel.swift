import BenchProtocol
import TerminalKit

/// Who appears for the shown prompt: base and lanes side by side, one bar a class.
struct PopulationPanel: Drawing {
    let model: WorkbenchModel
    let theme: Theme
    let isZoomed: Bool

    /// One attribute's classes with the counts of each contender.
    private struct Group {
        var attribute: String
        var classes: [String]
        /// By contender; nil where nothing was sampled yet.
        var histograms: [PopulationHistogram?]
        /// The share that a bar of full length stands for; the same for every contender.
        var fullShare: Double

        var uniform: Double { classes.isEmpty ? 0 : 1 / Double(classes.count) }
    }

    func draw(on canvas: inout Canvas, in rect: Rect) {
        let everyone = model.shownAttributes.compactMap { group($0, of: model.contenders) }
        guard !everyone.isEmpty else {
            canvas.put(
                "nothing sampled for this prompt yet: g samples", x: rect.x + 1, y: rect.y,
                style: theme.style(for: .dim), maxWidth: rect.width - 1)
            return
        }
        let stacked = everyone.reduce(1) { $0 + $1.classes.count + 1 }
        if rect.height >= stacked {
            drawStacked(on: &canvas, in: rect)
        } else {
            drawRows(on: &canvas, in: rect)
        }
    }

    // MARK: One attribute above the other

    private func drawStacked(on canvas: inout Canvas, in rect: Rect) {
        let labelWidth = 13
        let least = isZoomed ? 17 : 8
        let shown = model.contenders(atMost: max(1, (rect.width - labelWidth) / least))
        let columnWidth = (rect.width - labelWidth) / max(1, shown.count)
        guard columnWidth > 1 else { return }
        for (place, contender) in shown.enumerated() {
            canvas.put(
                model.label(of: contender, atMost: columnWidth - 1, mark: \.mark),
                x: rect.x + labelWidth + place * columnWidth, y: rect.y,
                style: LaneMark.style(contender, theme).with(.bold), maxWidth: columnWidth - 1)
        }
        var y = rect.y + 1
        let groups = model.shownAttributes.compactMap { group($0, of: shown) }
        // Zoomed, a blank line sets the attributes apart and what else is known stands below.
        let extra = isZoomed ? 4 : 0
        let roomy = rect.height >= 1 + groups.reduce(0) { $0 + $1.classes.count + 1 + extra }
        for group in groups {
            y = draw(
                group, shown, labelWidth: labelWidth, columnWidth: columnWidth, roomy: roomy,
                on: &canvas, in: rect, from: y)
        }
    }

    private func draw(
        _ group: Group, _ shown: [Contender], labelWidth: Int, columnWidth: Int, roomy: Bool,
        on canvas: inout Canvas, in rect: Rect, from start: Int
    ) -> Int {
        var y = start
        let header = theme.style(for: .header)
        canvas.put(
            group.attribute, x: rect.x, y: y, style: header, maxWidth: labelWidth - 1)
        for (place, histogram) in group.histograms.enumerated() {
            let text =
                histogram.map { "D \(NumberText.share($0.discrepancy))" } ?? NumberText.missing
            canvas.put(
                text, x: rect.x + labelWidth + place * columnWidth, y: y, style: theme.base,
                maxWidth: columnWidth - 1)
        }
        y += 1
        let countWidth = isZoomed && columnWidth >= 17 ? 9 : 0
        for (index, name) in group.classes.enumerated() {
            canvas.put(
                name, x: rect.x, y: y, style: theme.style(for: .dim), maxWidth: labelWidth - 1)
            for (place, contender) in shown.enumerated() {
                let left = rect.x + labelWidth + place * columnWidth
                drawBar(
                    group, place, index, LaneMark.style(contender, theme), on: &canvas,
                    in: Rect(x: left, y: y, width: columnWidth - 1 - countWidth, height: 1))
                guard countWidth > 0, let counts = group.histograms[place]?.counts else { continue }
                let share = NumberText.share(Self.share(counts, index))
                canvas.put(
                    "\(counts[index]) \(share)", rightAlignedTo: left + columnWidth - 1, y: y,
                    style: theme.style(for: .text), maxWidth: countWidth)
            }
            y += 1
        }
        guard isZoomed, roomy else { return y }
        let facts: [(String, (PopulationHistogram) -> String)] = [
            ("pictures", { "n = \($0.counts.reduce(0) { $0 &+ $1 })" }),
            ("confidence", { NumberText.fixed($0.meanConfidence, 3) }),
            ("at step", { "\($0.step)" }),
        ]
        for (name, fact) in facts {
            canvas.put(
                name, x: rect.x, y: y, style: theme.style(for: .dim), maxWidth: labelWidth - 1)
            for (place, histogram) in group.histograms.enumerated() {
                canvas.put(
                    histogram.map(fact) ?? NumberText.missing,
                    x: rect.x + labelWidth + place * columnWidth, y: y,
                    style: theme.style(for: .dim), maxWidth: columnWidth - 1)
            }
            y += 1
        }
        return y + 1
    }

    // MARK: A row a contender

    /// Where there are few rows: each contender's discrepancies, and a small bar for each class.
    private func drawRows(on canvas: inout Canvas, in rect: Rect) {
        let table = SharesTable(model)
        let shown = model.contenders(atMost: max(1, rect.height - 1))
        // ".31*", a bar a class, and a blank between attributes.
        let widths = table.columns.map { Self.entryWidth + $0.classes.count + 1 }
        let names = max(6, rect.width - widths.reduce(0, +))
        for (place, contender) in shown.enumerated() {
            let y = rect.y + 1 + place
            guard y < rect.maxY else { return }
            canvas.put(
                model.label(of: contender, atMost: names - 1, mark: \.mark), x: rect.x, y: y,
                style: LaneMark.style(contender, theme), maxWidth: names - 1)
            guard let row = table.contenders.firstIndex(of: contender) else { continue }
            var x = rect.x + names
            for (column, width) in zip(table.columns, widths) {
                if place == 0 {
                    canvas.put(
                        runs: [
                            (
                                TextLayout.padded(
                                    "D " + column.attribute.prefix(3), to: Self.entryWidth),
                                theme.style(for: .header)
                            ), (Self.initials(column.classes), theme.style(for: .dim)),
                        ], x: x, y: rect.y,
                        in: Rect(x: x, y: rect.y, width: rect.maxX - x, height: 1))
                }
                if let entry = column.entries[row] {
                    drawEntry(entry, LaneMark.style(contender, theme), on: &canvas, in: rect, x, y)
                } else {
                    canvas.put(
                        NumberText.missing, x: x, y: y, style: theme.base,
                        maxWidth: rect.maxX - x)
                }
                x += width
            }
        }
    }

    private func drawEntry(
        _ entry: SharesTable.Entry, _ style: Style, on canvas: inout Canvas, in rect: Rect,
        _ x: Int, _ y: Int
    ) {
        let text = NumberText.share(entry.histogram.discrepancy) + (entry.isFairest ? "*" : "")
        canvas.put(
            text, x: x, y: y, style: entry.isFairest ? theme.base.with(.bold) : theme.base,
            maxWidth: min(Self.entryWidth - 1, rect.maxX - x))
        let pictures = Double(entry.histogram.pictures)
        for (place, count) in entry.histogram.counts.enumerated()
        where x + Self.entryWidth + place < rect.maxX {
            let eighths = Int((Double(count) / pictures * 8).rounded())
            // What was seen at all leaves a trace, and what was not a ground line.
            let level = count > 0 ? max(1, eighths) : 0
            canvas[x + Self.entryWidth + place, y] = Cell(
                Self.levels[min(8, level)], style: level > 0 ? style : theme.style(for: .axis))
        }
    }

    /// A letter a class where they differ in it, else the first and the last class's.
    private static func initials(_ classes: [String]) -> String {
        let letters = classes.map { $0.prefix(1) }
        if Set(letters).count == letters.count { return letters.joined() }
        let middle = String(repeating: "·", count: max(0, letters.count - 2))
        return (letters.first ?? "") + middle + (letters.last ?? "")
    }

    /// A discrepancy with its mark, and a blank.
    private static let entryWidth = 6
    private static let levels: [Character] = ["_", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    // MARK: Shares and bars

    private func group(_ attribute: String, of contenders: [Contender]) -> Group? {
        let histograms = contenders.map { model.population(lane: $0.name, attribute: attribute) }
        // Everyone counts the same classes; a lane that tells otherwise is not comparable.
        guard
            let classes = model.contenders.lazy.compactMap({
                model.population(lane: $0.name, attribute: attribute)?.classes
            }).first
        else { return nil }
        let comparable = histograms.map { $0?.classes == classes ? $0 : nil }
        let largest = comparable.compactMap { histogram in
            histogram.map { Double($0.counts.max() ?? 0) / Double(max(1, total($0.counts))) }
        }.max()
        return Group(
            attribute: attribute, classes: classes, histograms: comparable,
            fullShare: max(largest ?? 0, 1.25 / Double(classes.count)))
    }

    private func drawBar(
        _ group: Group, _ place: Int, _ index: Int, _ style: Style, on canvas: inout Canvas,
        in rect: Rect
    ) {
        guard rect.width > 0, let histogram = group.histograms[place] else { return }
        let share = Self.share(histogram.counts, index)
        let eighths = Int((share / group.fullShare * Double(rect.width * 8)).rounded())
        let whole = min(eighths / 8, rect.width)
        canvas.fill(Rect(x: rect.x, y: rect.y, width: whole, height: 1), "█", style)
        if whole < rect.width, eighths % 8 > 0 {
            canvas[rect.x + whole, rect.y] = Cell(Self.partial[eighths % 8], style: style)
        }
        // Where each bar would end if every class were as frequent.
        let mark = Int(group.uniform / group.fullShare * Double(rect.width))
        guard mark < rect.width else { return }
        let marker = theme.style(for: .marker)
        let x = rect.x + mark
        canvas[x, rect.y] = Cell(
            "┊", style: mark < whole ? marker.on(style.foreground) : marker)
    }

    private static let partial: [Character] = [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]

    private static func share(_ counts: [Int], _ index: Int) -> Double {
        let sum = counts.reduce(0.0) { $0 + Double($1) }
        return sum > 0 ? Double(counts[index]) / sum : 0
    }

    private func total(_ counts: [Int]) -> Int {
        Int(counts.reduce(0.0) { $0 + Double($1) }.clamped)
    }
}

extension Double {
    /// The number within what an Int holds with ease.
    fileprivate var clamped: Double { min(max(self, 0), 1e15) }
}
