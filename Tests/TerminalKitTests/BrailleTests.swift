import TerminalKit
import Testing

@Suite("Braille lines")
struct BrailleTests {
    /// Every segment on its own, step by step along its longer side, dot by dot.
    private func naive(
        _ points: [(x: Double, y: Double)], columns: Int, rows: Int, dash: LineDash
    ) -> BrailleDots {
        var dots = BrailleDots(columns: columns, rows: rows)
        func light(_ x: Int, _ y: Int) { if x >= 0, dash.isOn(column: x) { dots.light(x, y) } }
        var last: (Int, Int)?
        for point in points {
            guard point.x.isFinite, point.y.isFinite else {
                last = nil
                continue
            }
            let x = Int(point.x.rounded(.down))
            let y = Int(point.y.rounded(.down))
            light(x, y)
            if let (fromX, fromY) = last, fromX <= x {
                let across = x - fromX
                let down = abs(y - fromY)
                let sign = y >= fromY ? 1 : -1
                for step in 0...max(across, down) {
                    if across >= down {
                        let moved = across == 0 ? 0 : (2 * step * down + across) / (2 * across)
                        light(fromX + step, fromY + sign * moved)
                    } else {
                        let moved = (2 * step * across + down) / (2 * down)
                        light(fromX + moved, fromY + sign * step)
                    }
                }
            }
            last = (x, y)
        }
        return dots
    }

    @Test("one span a column gives the very dots of drawing every segment")
    func spans() {
        var random = RandomSource(seed: 6)
        for round in 0..<600 {
            let columns = random.int(1...20)
            let rows = random.int(1...8)
            let step = random.double(0.01...9)
            var x = random.double(-30...5)
            let points = (0..<random.int(0...120)).map { _ -> (x: Double, y: Double) in
                x += random.double(0...step)
                if random.int(0...9) == 0 { return (x: x, y: .nan) }
                if random.int(0...40) == 0 { return (x: x - 20, y: 3) }
                return (x: x, y: random.double(-20...Double(rows * 4 + 20)))
            }
            let dash = LineDash.series(round)
            var dots = BrailleDots(columns: columns, rows: rows)
            dots.drawLine(points, dash: dash)
            let expected = naive(points, columns: columns, rows: rows, dash: dash)
            #expect(dots.masks == expected.masks, "round \(round)")
        }
    }

    @Test("values far outside and not finite neither crash nor light a dot")
    func extremes() {
        var dots = BrailleDots(columns: 4, rows: 2)
        dots.drawLine(
            [(x: -1e300, y: 1e300), (x: .infinity, y: 2), (x: 1e300, y: -.infinity)], dash: .solid)
        #expect(dots.masks.allSatisfy { $0 == 0 })
        dots.drawLine([(x: -1e300, y: 3), (x: 1e300, y: 3)], dash: .solid)
        #expect(dots.masks == [0xC0, 0xC0, 0xC0, 0xC0, 0, 0, 0, 0])
    }

    @Test("the debiased average keeps constants and the first value, and skips gaps")
    func smoothing() {
        #expect(emaSmoothed([5, 5, 5], weight: 0.9).allSatisfy { abs($0 - 5) < 1e-12 })
        #expect(emaSmoothed([3, 7], weight: 0) == [3, 7])
        let values = [2.0, -1, .nan, 4, .infinity, 0.5]
        let smooth = emaSmoothed(values, weight: 0.8)
        #expect(smooth[2].isNaN && smooth[4].isNaN)
        // The weighted mean itself: the newest value weighs 1, each older one 0.8 of the next.
        var finite: [Double] = []
        for (value, result) in zip(values, smooth) where value.isFinite {
            finite.append(value)
            var sum = 0.0
            var weights = 0.0
            var weight = 1.0
            for old in finite.reversed() {
                sum += weight * old
                weights += weight
                weight *= 0.8
            }
            #expect(abs(result - sum / weights) < 1e-12)
        }
    }

    @Test("ticks are round, ascending, inside of the range and no more than asked for")
    func ticks() {
        var random = RandomSource(seed: 7)
        for _ in 0..<500 {
            let low = random.double(-1...1) * [1e-9, 1, 1e6][random.int(0...2)]
            let range = low...(low + random.double(1e-6...1e4))
            let count = random.int(2...12)
            let ticks = AxisTicks.linear(range, atMost: count)
            #expect(ticks.values.count <= count && ticks.values.count == ticks.labels.count)
            #expect(zip(ticks.values, ticks.values.dropFirst()).allSatisfy { $0 < $1 })
            let slack = (range.upperBound - range.lowerBound) * 1e-6
            #expect(
                ticks.values.allSatisfy {
                    $0 >= range.lowerBound - slack && $0 <= range.upperBound + slack
                })
        }
        #expect(
            AxisTicks.linear(0...1, atMost: 6).labels == ["0", "0.2", "0.4", "0.6", "0.8", "1.0"])
        #expect(
            AxisTicks.linear(0...40_000, atMost: 5).labels == ["0", "10k", "20k", "30k", "40k"])
        #expect(AxisTicks.logarithmic(0.001...10, atMost: 5).values.count == 5)
        #expect(AxisTicks.linear(2...2, atMost: 3).values == [2])
    }

    @Test("a chart shows its axes, its line and the label at the line's end")
    func chart() {
        let points = (0...10).map { ChartPoint(x: Double($0), y: Double($0)) }
        let chart = BrailleChart(
            series: [ChartSeries(label: "1", points: points, style: .plain)], xLabel: "step")
        var canvas = Canvas(width: 32, height: 6)
        canvas.draw(chart, in: canvas.bounds)
        let rows = canvas.plainText().split(separator: "\n", omittingEmptySubsequences: false)
        #expect(rows[0].hasPrefix("10 ") && rows[0].hasSuffix(" ── 1"))
        #expect(rows[4].hasPrefix(" 0 ⣀"))
        #expect(rows[5].hasPrefix("   0 ") && rows[5].hasSuffix(" step"))
        // The line rises from the lower left to the upper right, one dot or more in each column.
        let columns = (3..<27).map { x in
            (0..<5).first { (0x2801...0x28FF).contains(scalar(canvas[x, $0])) }
        }
        #expect(columns.allSatisfy { $0 != nil })
        #expect(zip(columns, columns.dropFirst()).allSatisfy { ($0 ?? 0) >= ($1 ?? 0) })
    }

    private func scalar(_ cell: Cell) -> UInt32 { cell.glyph.unicodeScalars.first?.value ?? 0 }

    @Test("on a logarithmic axis equal factors are equal distances and zero is a gap")
    func logarithmic() {
        let points = [0.01, 0, 0.1, 1].enumerated().map {
            ChartPoint(x: Double($0.offset), y: $0.element)
        }
        let chart = BrailleChart(
            series: [ChartSeries(label: "", points: points, style: .plain)], yScale: .logarithmic)
        var canvas = Canvas(width: 40, height: 9)
        canvas.draw(chart, in: canvas.bounds)
        let rows = canvas.plainText().split(separator: "\n", omittingEmptySubsequences: false)
        #expect(rows[0].hasPrefix("   1 "))
        #expect(rows[7].hasPrefix("0.01 "))
        #expect(rows[3].hasPrefix(" 0.1 ") || rows[4].hasPrefix(" 0.1 "))
    }
}
