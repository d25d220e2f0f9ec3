import TerminalKit

/// A rectangle of a figure.
struct FigureArea {
    let left: Double
    let top: Double
    let right: Double
    let bottom: Double
}

/// The axes of a chart in a figure: where values lie, and the lines and words around them.
struct FigureAxes {
    static let ink = Color(hex: 0x1A202C)
    static let grey = Color(hex: 0x718096)
    static let pale = Color(hex: 0xE2E8F0)

    let area: FigureArea
    let x: ChartScale
    let y: ChartScale

    /// Where a value lies; beyond the axes it is moved to their ends vertically.
    func place(x value: Double, y other: Double) -> FigurePoint {
        let (across, up) = (x.share(value), y.share(other))
        return FigurePoint(
            x: area.left + (across.isFinite ? across : 0) * (area.right - area.left),
            y: area.bottom - min(max(up.isFinite ? up : 0, 0), 1) * (area.bottom - area.top))
    }

    /// Whether an x value lies on the axis.
    func holds(_ value: Double) -> Bool {
        let share = x.share(value)
        return share >= -1e-9 && share <= 1 + 1e-9
    }

    func drawGrid(on figure: inout Figure, unit: AxisUnit) {
        for (value, label) in labelled(y.ticks(atMost: 7), y) {
            let row = place(x: x.range.lowerBound, y: value).y
            figure.line(
                FigurePoint(x: area.left, y: row), FigurePoint(x: area.right, y: row),
                color: Self.pale)
            figure.words(
                label, at: FigurePoint(x: area.left - 8, y: row + 5), size: 14, anchor: .end,
                color: Self.ink)
        }
        let most = Int((area.right - area.left) / 90)
        let ticks =
            unit == .number || x.kind != .linear
            ? x.ticks(atMost: most) : AxisTicks.times(x.range, unit, atMost: most)
        for (value, label) in labelled(ticks, x) {
            let column = place(x: value, y: y.range.lowerBound).x
            figure.line(
                FigurePoint(x: column, y: area.top), FigurePoint(x: column, y: area.bottom),
                color: Self.pale)
            let text =
                unit == .number || x.kind == .linear ? label : AxisTicks.text(value, unit, step: 0)
            figure.words(
                text, at: FigurePoint(x: column, y: area.bottom + 20), size: 14, anchor: .middle,
                color: Self.ink)
        }
    }

    func drawFrame(on figure: inout Figure, xLabel: String, yLabel: String) {
        let corners = [
            FigurePoint(x: area.left, y: area.top), FigurePoint(x: area.right, y: area.top),
            FigurePoint(x: area.right, y: area.bottom), FigurePoint(x: area.left, y: area.bottom),
            FigurePoint(x: area.left, y: area.top),
        ]
        figure.line(through: corners, width: 1.2, color: Self.ink)
        figure.words(
            xLabel, at: FigurePoint(x: (area.left + area.right) / 2, y: area.bottom + 44), size: 15,
            anchor: .middle, color: Self.ink)
        figure.words(
            yLabel, at: FigurePoint(x: area.left - 70, y: (area.top + area.bottom) / 2), size: 15,
            anchor: .middle, isUpright: true, color: Self.ink)
    }

    /// Ticks that lie on an axis.
    private func labelled(_ ticks: AxisTicks, _ scale: ChartScale) -> [(Double, String)] {
        zip(ticks.values, ticks.labels).filter { value, _ in
            let share = scale.share(value)
            return share >= -1e-9 && share <= 1 + 1e-9
        }
    }

    /// The parts of a line inside the axes, cut at their edges.
    func visibleRuns(of points: [ChartPoint]) -> [[FigurePoint]] {
        var runs: [[FigurePoint]] = []
        var run: [FigurePoint] = []
        var previous: (x: Double, y: Double)?
        func close() {
            if run.count > 1 { runs.append(run) }
            run = []
        }
        for point in points {
            let here = (x: x.share(point.x), y: y.share(point.y))
            guard here.x.isFinite, here.y.isFinite else {
                close()
                previous = nil
                continue
            }
            defer { previous = here }
            guard let from = previous, let (start, end) = Self.clipped(from, here) else {
                close()
                continue
            }
            if start.x != from.x || start.y != from.y { close() }
            if run.isEmpty { run.append(corner(start)) }
            run.append(corner(end))
        }
        close()
        return runs
    }

    private func corner(_ share: (x: Double, y: Double)) -> FigurePoint {
        FigurePoint(
            x: area.left + share.x * (area.right - area.left),
            y: area.bottom - share.y * (area.bottom - area.top))
    }

    /// The part of a segment inside the unit square.
    ///
    /// - Reference: Liang and Barsky, A new concept and method for line clipping, 1984.
    private static func clipped(
        _ a: (x: Double, y: Double), _ b: (x: Double, y: Double)
    ) -> ((x: Double, y: Double), (x: Double, y: Double))? {
        let (dx, dy) = (b.x - a.x, b.y - a.y)
        guard dx.isFinite, dy.isFinite else { return nil }
        var (from, to) = (0.0, 1.0)
        for (p, q) in [(-dx, a.x), (dx, 1 - a.x), (-dy, a.y), (dy, 1 - a.y)] {
            if p == 0 {
                if q < 0 { return nil }
            } else if p < 0 {
                from = max(from, q / p)
            } else {
                to = min(to, q / p)
            }
        }
        guard from <= to else { return nil }
        return ((a.x + from * dx, a.y + from * dy), (a.x + to * dx, a.y + to * dy))
    }
}

/// Lines in dashes that go on around corners.
enum FigureDashes {
    /// The drawn pieces of a line; the whole line where there are no dashes.
    static func pieces(of line: [FigurePoint], dash: [Double]) -> [[FigurePoint]] {
        guard !dash.isEmpty, dash.allSatisfy({ $0 > 0 }), let first = line.first else {
            return [line]
        }
        var pieces: [[FigurePoint]] = []
        var piece = [first]
        var place = 0
        var left = dash[0]
        for (a, b) in zip(line, line.dropFirst()) {
            let (dx, dy) = (b.x - a.x, b.y - a.y)
            let length = (dx * dx + dy * dy).squareRoot()
            guard length > 0, length.isFinite else { continue }
            var done = 0.0
            while length - done >= left {
                done += left
                let corner = FigurePoint(x: a.x + dx * done / length, y: a.y + dy * done / length)
                if place % 2 == 0 {
                    pieces.append(piece + [corner])
                }
                place += 1
                piece = [corner]
                left = dash[place % dash.count]
            }
            left -= length - done
            if place % 2 == 0 { piece.append(b) }
        }
        if place % 2 == 0, piece.count > 1 { pieces.append(piece) }
        return pieces
    }
}

/// The lines' samples and names below a figure, in as many rows as they need.
struct FigureLegend {
    private static let row = 24.0
    private static let sample = 34.0
    private static let letter = 8.4

    private let width: Double
    private var entries: [(series: LineFigure.Series, x: Double, row: Int)] = []
    private var next = 0.0

    init(width: Double) { self.width = width }

    /// What the legend takes from the figure's height.
    var height: Double { entries.last.map { Double($0.row + 1) * Self.row + 16 } ?? 0 }

    /// Adds a line unless one of its name is there.
    mutating func add(_ series: LineFigure.Series) {
        guard !series.label.isEmpty, !entries.contains(where: { $0.series.label == series.label })
        else { return }
        let needed = Self.sample + Double(series.label.count) * Self.letter + 24
        var row = entries.last?.row ?? 0
        if next > 0, next + needed > width {
            row += 1
            next = 0
        }
        entries.append((series, next, row))
        next += needed
    }

    func draw(on figure: inout Figure, x: Double, y: Double) {
        for entry in entries {
            let line = y + Double(entry.row) * Self.row + 10
            let start = FigurePoint(x: x + entry.x, y: line)
            let end = FigurePoint(x: x + entry.x + Self.sample - 8, y: line)
            for piece in FigureDashes.pieces(of: [start, end], dash: entry.series.dash) {
                figure.line(through: piece, width: 2, color: entry.series.color)
            }
            if entry.series.isMarked {
                figure.disc(
                    FigurePoint(x: (start.x + end.x) / 2, y: line), radius: 3.6,
                    color: entry.series.color)
            }
            figure.words(
                entry.series.label, at: FigurePoint(x: x + entry.x + Self.sample, y: line + 5),
                size: 14, color: FigureAxes.ink)
        }
    }
}
