import BenchProtocol
import Figures
import TerminalKit

extension WorkbenchModel {
    /// The page of histograms as a figure; nil where there is nothing to draw.
    func historyFigure(_ table: HistoryTable) -> Figure? {
        guard !table.classes.isEmpty, !table.lanes.isEmpty else { return nil }
        let drawing = HistoryFigure(title: "\(table.attribute) of \"\(shownPrompt)\"", table: table)
        return gallery.page == .heatMap ? drawing.heatMap() : drawing.ridgeline()
    }
}

/// Who appears over steps as a figure for papers: white ground, axes, legend.
struct HistoryFigure {
    let title: String
    let table: HistoryTable

    private static let ink = Color(hex: 0x1A202C)
    private static let grey = Color(hex: 0x718096)
    private static let pale = Color(hex: 0xE2E8F0)
    private static let white = Color(hex: 0xFFFFFF)
    private static let lanes: [Color] = [
        0x2B6CB0, 0xC05621, 0x2F855A, 0x805AD5, 0xC53030, 0x2C7A7B, 0xB7791F, 0x4A5568,
    ].map(Color.init(hex:))
    private static let ramp: [Color] = [0xF7FBFF, 0xC6DBEF, 0x6BAED6, 0x2171B5, 0x08306B].map(
        Color.init(hex:))
    /// The most steps drawn: more would be thinner than a line.
    private static let mostSteps = 40

    private var steps: [Int] { table.steps(atMost: Self.mostSteps, with: nil) }

    private static func color(_ place: Int) -> Color { lanes[place % lanes.count] }

    private static func reference(_ name: String) -> Color {
        name == "planted" ? Color(hex: 0xB83280) : name == "base" ? grey : Color(hex: 0x38A169)
    }

    // MARK: Ridgeline

    /// Histograms behind each other, the newest in front, one panel a lane.
    func ridgeline() -> Figure {
        let (left, top, panel, gap, bandHeight) = (96.0, 84.0, 230.0, 24.0, 46.0)
        let references = table.references
        let offset = min(30.0, max(9, 360 / Double(max(1, steps.count))))
        let rows = Double(references.count) * (bandHeight + 6) + 20
        let height = top + rows + bandHeight + offset * Double(max(1, steps.count)) + 78
        let width = left + Double(table.lanes.count) * (panel + gap)
        var figure = Figure(width: Int(width), height: Int(height), background: Self.white)
        figure.words(
            title, at: FigurePoint(x: width / 2, y: 36), size: 20, anchor: .middle, color: Self.ink)
        for (place, lane) in table.lanes.enumerated() {
            let x = left + Double(place) * (panel + gap)
            let color = Self.color(place)
            figure.words(
                lane.contender.name, at: FigurePoint(x: x + panel / 2, y: 66), size: 16,
                anchor: .middle, color: color)
            var ground = top + bandHeight
            for (name, shares) in references {
                bars(
                    shares, Self.reference(name), on: &figure, x: x, ground: ground, panel,
                    bandHeight)
                if place == 0 {
                    figure.words(
                        name, at: FigurePoint(x: left - 10, y: ground), size: 13, anchor: .end,
                        color: Self.reference(name))
                }
                ground += bandHeight + 6
            }
            ground += 20
            for step in steps {
                if let point = lane.byStep[step] {
                    bars(
                        point.shares, color, on: &figure, x: x, ground: ground, panel, bandHeight)
                }
                if place == 0 {
                    figure.words(
                        "\(step)", at: FigurePoint(x: left - 10, y: ground), size: 12,
                        anchor: .end, color: Self.ink)
                }
                ground += offset
            }
            names(on: &figure, x: x, y: ground - offset + 18, panel)
        }
        figure.words(
            "step", at: FigurePoint(x: 22, y: top + rows + bandHeight), size: 14, anchor: .middle,
            isUpright: true, color: Self.ink)
        figure.words(
            "bar of full height: share \(NumberText.share(table.largest)); bins and scale are the "
                + "same everywhere", at: FigurePoint(x: left, y: height - 14), size: 12,
            color: Self.grey)
        return figure
    }

    private func bars(
        _ shares: [Double], _ color: Color, on figure: inout Figure, x: Double, ground: Double,
        _ panel: Double, _ height: Double
    ) {
        let band = panel / Double(max(1, shares.count))
        let fill = color.blended(with: Self.white, 0.55)
        var outline: [FigurePoint] = []
        for (bin, share) in shares.enumerated() {
            let (low, high) = (x + Double(bin) * band, x + Double(bin + 1) * band)
            let level = ground - share / table.largest * height
            figure.polygon(
                [
                    FigurePoint(x: low, y: ground), FigurePoint(x: low, y: level),
                    FigurePoint(x: high, y: level), FigurePoint(x: high, y: ground),
                ], color: fill)
            outline += [FigurePoint(x: low, y: level), FigurePoint(x: high, y: level)]
        }
        figure.line(
            FigurePoint(x: x, y: ground), FigurePoint(x: x + panel, y: ground), color: Self.pale)
        figure.line(through: outline, width: 1.4, color: color)
    }

    private func names(on figure: inout Figure, x: Double, y: Double, _ panel: Double) {
        let band = panel / Double(max(1, table.classes.count))
        // A letter is six tenths of its size wide.
        let letters = Int(band / (11 * 0.6))
        for (bin, name) in table.classes.enumerated() {
            figure.words(
                RidgelinePage.short(name, letters),
                at: FigurePoint(x: x + (Double(bin) + 0.5) * band, y: y), size: 11,
                anchor: .middle, color: Self.ink)
        }
    }

    // MARK: Heat map

    /// Shares as colour, a column a step, one block a lane, references on the left.
    func heatMap() -> Figure {
        let (left, top, row, gap, reference) = (128.0, 92.0, 22.0, 40.0, 58.0)
        let column = min(40.0, max(12, 760 / Double(max(1, steps.count))))
        let references = table.references
        let start = left + Double(references.count) * reference + 16
        let block = Double(table.classes.count) * row
        let width = max(720, start + column * Double(steps.count) + 32)
        let height = top + Double(table.lanes.count) * (block + gap) + 66
        var figure = Figure(width: Int(width), height: Int(height), background: Self.white)
        figure.words(
            title, at: FigurePoint(x: width / 2, y: 34), size: 20, anchor: .middle, color: Self.ink)
        for (place, entry) in references.enumerated() {
            figure.words(
                entry.name,
                at: FigurePoint(x: left + (Double(place) + 0.5) * reference, y: top - 24), size: 12,
                anchor: .middle, color: Self.ink)
        }
        for (place, lane) in table.lanes.enumerated() {
            let y = top + Double(place) * (block + gap)
            figure.words(
                lane.contender.name, at: FigurePoint(x: start, y: y - 6), size: 14,
                color: Self.color(place))
            for (bin, name) in table.classes.enumerated() {
                let line = y + Double(bin) * row
                figure.words(
                    name, at: FigurePoint(x: left - 8, y: line + 15), size: 12, anchor: .end,
                    color: Self.ink)
                for (index, entry) in references.enumerated() {
                    cell(
                        entry.shares[bin], on: &figure, x: left + Double(index) * reference,
                        y: line, reference - 4, row - 1)
                }
                for (index, step) in steps.enumerated() {
                    guard let point = lane.byStep[step] else { continue }
                    cell(
                        point.shares[bin], on: &figure, x: start + Double(index) * column, y: line,
                        column - 1, row - 1)
                }
            }
        }
        axis(on: &figure, start, column, y: top + Double(table.lanes.count) * (block + gap) - gap)
        legend(on: &figure, x: left, y: height - 26)
        return figure
    }

    private func cell(
        _ share: Double, on figure: inout Figure, x: Double, y: Double, _ width: Double,
        _ height: Double
    ) {
        let color = Self.shade(share / table.largest)
        figure.polygon(
            [
                FigurePoint(x: x, y: y), FigurePoint(x: x + width, y: y),
                FigurePoint(x: x + width, y: y + height), FigurePoint(x: x, y: y + height),
            ], color: color)
        guard width >= 24 else { return }
        figure.words(
            NumberText.percent(share), at: FigurePoint(x: x + width / 2, y: y + height / 2 + 4),
            size: 11, anchor: .middle, color: color.luminance > 140 ? Self.ink : Self.white)
    }

    private func axis(on figure: inout Figure, _ start: Double, _ column: Double, y: Double) {
        let apart = max(1, Int((52 / column).rounded(.up)))
        for (index, step) in steps.enumerated() where index % apart == 0 {
            figure.words(
                "\(step)", at: FigurePoint(x: start + (Double(index) + 0.5) * column, y: y + 16),
                size: 12, anchor: .middle, color: Self.ink)
        }
        figure.words(
            "step", at: FigurePoint(x: start + column * Double(steps.count) / 2, y: y + 34),
            size: 13, anchor: .middle, color: Self.ink)
    }

    private func legend(on figure: inout Figure, x: Double, y: Double) {
        for index in 0..<20 {
            let low = x + 60 + Double(index) * 9
            figure.polygon(
                [
                    FigurePoint(x: low, y: y), FigurePoint(x: low + 9, y: y),
                    FigurePoint(x: low + 9, y: y + 12), FigurePoint(x: low, y: y + 12),
                ], color: Self.shade(Double(index) / 19))
        }
        figure.words("share 0", at: FigurePoint(x: x, y: y + 11), size: 12, color: Self.ink)
        figure.words(
            NumberText.percent(table.largest), at: FigurePoint(x: x + 248, y: y + 11), size: 12,
            color: Self.ink)
    }

    private static func shade(_ level: Double) -> Color {
        let place = min(max(level.isFinite ? level : 0, 0), 1) * Double(ramp.count - 1)
        let index = min(Int(place), ramp.count - 2)
        return ramp[index].blended(with: ramp[index + 1], place - Double(index))
    }
}
