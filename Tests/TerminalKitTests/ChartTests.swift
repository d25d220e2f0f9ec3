import TerminalKit
import Testing

@Suite("Charts")
struct ChartTests {
    @Test(
        "a chart of very many points lights the dots of drawing every one of them",
        arguments: 0..<40)
    func reduction(seed: Int) throws {
        var random = RandomSource(seed: UInt64(seed))
        let count = random.int(2000...9000)
        var x = random.double(-5...5)
        let points = random.values(count).map { y -> ChartPoint in
            x += random.double(0.01...2)
            return ChartPoint(x: x, y: y)
        }
        let series = ChartSeries(label: "", points: points, style: .plain)
        let first = points[random.int(0...count / 3)].x
        let chart = BrailleChart(
            series: [series], xRange: first...points[count - 1].x, yRange: -2...2)
        var canvas = Canvas(width: random.int(20...90), height: random.int(6...30))
        let geometry = try #require(chart.place(on: &canvas, in: canvas.bounds))
        let plot = geometry.plot
        var dots = BrailleDots(columns: plot.width, rows: plot.height)
        dots.drawLine(
            points.filter { $0.x >= first || $0.x > first - 3 }.drop { point in
                // One neighbour left of the range is part of the line.
                points.last { $0.x < first }.map { point.x < $0.x } ?? false
            }.map { point in
                (
                    x: geometry.x.share(point.x) * Double(dots.dotColumns - 1) + 0.5,
                    y: (1 - geometry.y.share(point.y)) * Double(dots.dotRows - 1) + 0.5
                )
            }, dash: .solid)
        for row in 0..<plot.height {
            for column in 0..<plot.width {
                let mask = dots.masks[row * plot.width + column]
                let glyph = canvas[plot.x + column, plot.y + row].glyph
                #expect(glyph == (mask == 0 ? " " : BrailleDots.glyph(mask)))
            }
        }
    }

    @Test("a value's place on an axis leads back to the value", arguments: AxisScale.allCases)
    func inverse(kind: AxisScale) {
        var random = RandomSource(seed: 3)
        for _ in 0..<2000 {
            let low = kind == .logarithmic ? random.double(1e-6...10) : random.double(-1e4...1e4)
            let scale = ChartScale(low...(low + random.double(1e-3...1e5)), kind)
            let value = random.double(scale.range)
            let share = scale.share(value)
            #expect(share >= -1e-9 && share <= 1 + 1e-9)
            #expect(abs(scale.value(at: share) - value) <= 1e-7 * max(1, abs(value)))
            #expect(abs(scale.share(scale.range.lowerBound)) < 1e-9)
            #expect(abs(scale.share(scale.range.upperBound) - 1) < 1e-9)
        }
    }

    @Test("a symmetric axis has both signs and zero, in the order of the numbers")
    func symmetric() {
        let scale = ChartScale(-20...1000, .symmetric)
        let shares = [-20, -1, 0, 1, 100, 1000].map { scale.share(Double($0)) }
        #expect(shares == shares.sorted())
        let ticks = scale.ticks(atMost: 9)
        #expect(ticks.values.contains(0) && ticks.values.contains(1000))
        #expect(ticks.values.contains { $0 < 0 })
        #expect(ticks.values == ticks.values.sorted())
        #expect(ticks.values.count <= 9 && ticks.labels.count == ticks.values.count)
    }

    @Test("ticks of any axis are in its range, ascending and few")
    func ticks() {
        var random = RandomSource(seed: 5)
        let units: [AxisUnit] = [.number, .duration, .clock(secondsFromUTC: -12_600)]
        for _ in 0..<3000 {
            let low = random.double(-1e6...2e9)
            let range = low...(low + random.double(1e-3...1e8))
            let count = random.int(3...20)
            for unit in units {
                let ticks = AxisTicks.times(range, unit, atMost: count)
                #expect(ticks.values == ticks.values.sorted())
                #expect(ticks.values.count <= max(count, 1) && !ticks.values.isEmpty)
                #expect(ticks.values.allSatisfy { range.contains($0) || ticks.values.count == 1 })
                #expect(ticks.labels.allSatisfy { !$0.isEmpty && $0.count <= 12 })
            }
            let symmetric = ChartScale(range, .symmetric).ticks(atMost: count)
            #expect(
                symmetric.values.allSatisfy { range.contains($0) || symmetric.values.count == 1 })
        }
    }

    @Test("times are named as a clock has them")
    func times() {
        func labels(_ low: Double, _ high: Double, _ unit: AxisUnit) -> [String] {
            AxisTicks.times(low...high, unit, atMost: 4).labels
        }
        #expect(labels(0, 60, .duration) == ["0", "30s", "1m00"])
        #expect(labels(0, 5400, .duration) == ["0", "30m", "1h00", "1h30"])
        #expect(labels(0, 200_000, .duration) == ["0", "1d", "2d"])
        // 2023-11-14 22:13:20 UTC and an hour on; midnight names the day.
        let clock = AxisUnit.clock(secondsFromUTC: 0)
        #expect(
            labels(1_700_000_000, 1_700_003_600, clock) == ["22:30", "23:00"])
        #expect(labels(1_700_000_000, 1_700_012_000, clock).contains("Nov 15"))
        #expect(
            labels(1_700_000_000, 1_700_003_600, .clock(secondsFromUTC: 7200)) == [
                "00:30", "01:00",
            ])
        #expect(AxisTicks.text(951_782_400, clock, step: 86_400) == "Feb 29")
        #expect(AxisTicks.text(0, clock, step: 86_400) == "Jan 1")
        #expect(AxisTicks.text(-86_400, clock, step: 86_400) == "Dec 31")
    }

    @Test("the envelope keeps each column's ends and nothing between them")
    func envelope() {
        var dots = BrailleDots(columns: 6, rows: 4)
        dots.drawLine((0..<12).map { (x: Double($0), y: $0 % 2 == 0 ? 1.0 : 14.0) }, dash: .solid)
        let full = dots
        dots.keepEnvelope(every: 2)
        for x in 0..<12 {
            let lit = (0..<16).filter { full.isLit(x, $0) }
            let kept = (0..<16).filter { dots.isLit(x, $0) }
            #expect(kept == (x % 2 == 0 ? [lit.first, lit.last].compactMap { $0 } : []))
        }
    }

    @Test("on a logarithmic horizontal axis equal factors are equal distances")
    func logarithmicSteps() throws {
        let points = (0...1000).map { ChartPoint(x: Double($0), y: Double($0)) }
        var chart = BrailleChart(series: [ChartSeries(label: "", points: points, style: .plain)])
        chart.xScale = .logarithmic
        var canvas = Canvas(width: 60, height: 10)
        let geometry = try #require(chart.place(on: &canvas, in: canvas.bounds))
        #expect(geometry.x.kind == .logarithmic && geometry.x.range == 1...1000)
        #expect(abs(geometry.x.share(10) - 1.0 / 3) < 1e-9)
        #expect(canvas.plainText().contains("100"))
    }

    @Test("markers stand where the line's dots are, and only where points are few")
    func markers() throws {
        var series = ChartSeries(
            label: "", points: [ChartPoint(x: 0, y: 0), ChartPoint(x: 10, y: 1)], style: .plain)
        series.marker = "●"
        var canvas = Canvas(width: 30, height: 8)
        let chart = BrailleChart(series: [series])
        let plot = try #require(chart.place(on: &canvas, in: canvas.bounds)).plot
        #expect(canvas[plot.x, plot.maxY - 1].glyph == "●")
        #expect(canvas[plot.maxX - 1, plot.y].glyph == "●")
        series.points = (0...100).map { ChartPoint(x: Double($0), y: 0) }
        var dense = Canvas(width: 30, height: 8)
        dense.draw(BrailleChart(series: [series]), in: dense.bounds)
        #expect(!dense.plainText().contains("●"))
    }
}
