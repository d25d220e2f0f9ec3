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
            // Side by side there is room for two: the base, and the lane that is looked at.
            let shares = rect.columns(everyone.map { _ in 1 })
            for (group, share) in zip(everyone, shares) {
                drawBeside(group.attribute, on: &canvas, in: share)
            }
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

    // MARK: One attribute beside the other

    private func drawBeside(_ attribute: String, on canvas: inout Canvas, in rect: Rect) {
        let shown = model.contenders(atMost: 2)
        guard let group = group(attribute, of: shown) else { return }
        let longest = (group.classes.map(Self.shortened) + [attribute])
            .map { TextLayout.columns($0, upTo: 12) }.max()
        let labelWidth = min((longest ?? 8) + 1, max(2, rect.width - 4 * shown.count))
        let columnWidth = (rect.width - labelWidth) / max(1, shown.count)
        guard columnWidth > 1 else { return }
        var y = rect.y
        let hasHeader = rect.height > group.classes.count
        let discrepancies = zip(shown, group.histograms).map { contender, histogram in
            (
                histogram.map { "D\(NumberText.share($0.discrepancy))" } ?? NumberText.missing,
                LaneMark.style(contender, theme)
            )
        }
        if hasHeader {
            canvas.put(
                attribute, x: rect.x, y: y, style: theme.style(for: .header),
                maxWidth: labelWidth - 1)
            for (place, text) in discrepancies.enumerated() {
                canvas.put(
                    text.0, x: rect.x + labelWidth + place * columnWidth, y: y, style: text.1,
                    maxWidth: columnWidth - 1)
            }
            y += 1
        }
        for (index, name) in group.classes.enumerated() where y < rect.maxY {
            canvas.put(
                Self.shortened(name), x: rect.x, y: y, style: theme.style(for: .dim),
                maxWidth: labelWidth - 1)
            for (place, contender) in shown.enumerated() {
                drawBar(
                    group, place, index, LaneMark.style(contender, theme), on: &canvas,
                    in: Rect(
                        x: rect.x + labelWidth + place * columnWidth, y: y, width: columnWidth - 1,
                        height: 1))
            }
            y += 1
        }
    }

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

    private static func shortened(_ name: String) -> String {
        name.hasPrefix("medium-") ? "m-" + name.dropFirst(7) : name
    }
}

extension Double {
    /// The number within what an Int holds with ease.
    fileprivate var clamped: Double { min(max(self, 0), 1e15) }
}
