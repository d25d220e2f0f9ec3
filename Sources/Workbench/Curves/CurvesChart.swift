import BenchProtocol
import TerminalKit

/// One lane's curve of one quantity, ready to be drawn, read and written.
package struct LaneCurve: Sendable {
    /// The lane's place in the session; nil for the base model.
    package let index: Int?
    /// The lane's name.
    package let lane: String
    /// What it is a curve of.
    package let quantity: LoggedQuantity
    /// The buckets that are known, in order.
    package let buckets: [CurveHistory.Bucket]
    /// The smoothed mean of each bucket, or its difference to the baseline's.
    package let smoothed: [Double]
    /// The mean of each bucket, or its difference to the baseline's; NaN where that has none.
    package let plain: [Double]
    /// Whether the values are differences.
    package let isDelta: Bool
}

/// Everything the curves on the screen are made of; computed once a frame.
package struct CurveSet: Sendable {
    package let model: WorkbenchModel
    package let axis: CurveAxis
    /// All steps there are, and those shown.
    package let whole: ClosedRange<Int>
    package let steps: ClosedRange<Int>
    /// By quantity, in the order in which they are shown; a lane each.
    package let curves: [[LaneCurve]]
    package let quantities: [LoggedQuantity]

    /// Gathers the curves.
    ///
    /// - Parameters:
    ///   - quantities: of which; nil for those on the screen.
    ///   - isDelta: whether values are differences to the baseline; nil as the person chose.
    package init(
        _ model: WorkbenchModel, quantities: [LoggedQuantity]? = nil, isDelta: Bool? = nil
    ) {
        self.model = model
        axis = CurveAxis(model)
        whole = model.wholeSteps
        steps = model.curves.window.steps(of: whole)
        self.quantities = quantities ?? model.visibleQuantities
        let isDelta = isDelta ?? model.curves.showsDelta
        curves = self.quantities.map { CurveSet.curves(of: $0, model, isDelta: isDelta) }
    }

    private static func curves(
        of quantity: LoggedQuantity, _ model: WorkbenchModel, isDelta: Bool
    ) -> [LaneCurve] {
        let smoothing = quantity.isSparse ? 0 : model.smoothing
        func own(_ index: Int) -> LaneCurve {
            let name = model.laneStates[index].settings.name
            let buckets = model.curveBuckets(lane: name, quantity)
            return LaneCurve(
                index: index, lane: name, quantity: quantity, buckets: buckets,
                smoothed: CurveHistory.smoothed(buckets, smoothing),
                plain: buckets.map { $0.mean.isFinite ? $0.mean : .nan }, isDelta: false)
        }
        let baseline = isDelta ? model.baselineLane.map(own) : nil
        return model.shownLanes.map { index in
            let curve = own(index)
            guard let baseline else { return curve }
            return curve.difference(to: baseline)
        }
    }

    /// The shown lane that stands for all where an axis of times asks for a step.
    var reference: String {
        (model.focusedLaneState ?? model.laneStates.first)?.settings.name ?? ""
    }

    /// Where the axis begins and ends: the shown steps of whichever lane reaches farthest.
    var xRange: ClosedRange<Double>? {
        var low = Double.infinity
        var high = -Double.infinity
        let names = model.shownLanes.map { model.laneStates[$0].settings.name }
        for name in axis.unit == .step ? [reference] : names {
            let (a, b) = (
                axis.place(steps.lowerBound, of: name), axis.place(steps.upperBound, of: name)
            )
            if a.isFinite { low = min(low, a) }
            if b.isFinite { high = max(high, b) }
        }
        if axis.isLogarithmic, low <= 0 {
            // Nothing that began just now has a logarithm: the axis begins one step later.
            let next = min(steps.lowerBound + 1, steps.upperBound)
            low = names.map { axis.place(next, of: $0) }.filter { $0 > 0 }.min() ?? high / 1000
        }
        return low < high ? low...high : nil
    }

    /// The step that is read: the crosshair's, or the newest one shown.
    package var readStep: Int {
        min(max(model.curves.crosshair ?? steps.upperBound, steps.lowerBound), steps.upperBound)
    }

    /// The least value of a quantity's shown points; nil where there are none.
    func least(of index: Int) -> Double? {
        curves[index].flatMap { curve in
            model.indices(of: curve.buckets, in: steps).map { curve.smoothed[$0] }
        }.filter(\.isFinite).min()
    }

    /// The vertical scale that a quantity can have: symlog instead of log where values are not
    /// positive.
    func scale(of index: Int) -> AxisScale {
        guard model.curves.scale == .logarithmic, let least = least(of: index), least <= 0 else {
            return model.curves.scale
        }
        return .symmetric
    }

    /// The vertical scale of a chart that some quantities share.
    func scale(of indices: [Int]) -> AxisScale {
        indices.contains { scale(of: $0) == .symmetric } ? .symmetric : model.curves.scale
    }

    /// The chart of one quantity, or of all of them in one.
    package func chart(_ indices: [Int], theme: Theme) -> BrailleChart {
        var series: [ChartSeries] = []
        let isFewColors = model.colorDepth <= .palette16 || theme.series.isEmpty
        for (position, index) in indices.enumerated() {
            let curves = self.curves[index]
            let order =
                curves.filter { $0.index != model.focusedLane }
                + curves.filter {
                    $0.index == model.focusedLane
                }
            for curve in order {
                series.append(
                    line(
                        curve, theme: theme, position: indices.count > 1 ? position : nil,
                        isFewColors: isFewColors))
            }
            if let base = baseLine(of: index, theme: theme) { series.insert(base, at: 0) }
        }
        var chart = BrailleChart(
            series: series, xRange: xRange,
            yRange: indices.first.flatMap { model.curves.valueRanges[quantities[$0]] },
            yScale: scale(of: indices),
            xLabel: label, axisStyle: theme.style(for: .axis))
        chart.xScale = axis.isLogarithmic ? .logarithmic : .linear
        chart.xUnit = unit
        chart.xIsWhole = axis.unit == .step
        if let crosshair = model.curves.crosshair, steps.contains(crosshair) {
            chart.cursor = axis.place(crosshair, of: reference)
        }
        if model.curves.showsDelta, model.baselineLane != nil { chart.level = 0 }
        return chart
    }

    /// What the axis says it counts.
    var label: String {
        switch axis.unit {
        case .step: "step"
        case .relative: "since start"
        case .wall: "time of day"
        }
    }

    var unit: AxisUnit {
        switch axis.unit {
        case .step: .number
        case .relative: .duration
        case .wall: .clock(secondsFromUTC: model.secondsFromUTC)
        }
    }

    private func line(
        _ curve: LaneCurve, theme: Theme, position: Int?, isFewColors: Bool
    ) -> ChartSeries {
        let index = curve.index ?? 0
        let style = theme.series(index)
        // One bucket on either side, so that lines run to the edges.
        let inside = model.indices(of: curve.buckets, in: steps)
        let shown = max(0, inside.lowerBound - 1)..<min(curve.buckets.count, inside.upperBound + 1)
        var points: [ChartPoint] = []
        var raw: [ChartPoint] = []
        points.reserveCapacity(shown.count)
        let drawsRaw = model.curves.raw != .none && !curve.isDelta
        for place in shown {
            let bucket = curve.buckets[place]
            let x = axis.place(bucket.step, of: curve.lane)
            points.append(ChartPoint(x: x, y: curve.smoothed[place]))
            guard drawsRaw else { continue }
            raw.append(ChartPoint(x: x, y: bucket.minimum))
            if bucket.maximum != bucket.minimum { raw.append(ChartPoint(x: x, y: bucket.maximum)) }
            // An interval belongs to one evaluation, not to the way to the next.
            if curve.quantity.isSparse { raw.append(ChartPoint(x: x, y: .nan)) }
        }
        if model.smoothing == 0, !curve.quantity.isSparse,
            zip(raw, raw.dropFirst()).allSatisfy({ $0.x != $1.x })
        {
            raw = []
        }
        let letter = position.map { CurveSet.letter($0) } ?? ""
        let isBaseline = model.baselineLane == curve.index && curve.index != nil
        var series = ChartSeries(
            label: "\(index + 1)\(letter)\(isBaseline ? "*" : "")", points: points, raw: raw,
            style: style, rawStyle: theme.faint(style), dash: .series(position ?? index))
        let isEnvelope =
            switch model.curves.raw {
            case .automatic: isFewColors
            case .envelope: true
            case .line, .none: false
            }
        if isEnvelope, !curve.quantity.isSparse { series.rawShape = .envelope }
        if curve.quantity.isSparse { series.marker = LaneMark.glyph(index) }
        return series
    }

    /// The base model's value of a figure, as a level line.
    private func baseLine(of index: Int, theme: Theme) -> ChartSeries? {
        guard case .figure(let name) = quantities[index], !model.curves.showsDelta,
            let range = xRange,
            let value = model.evaluations[WorkbenchModel.baseName]?.figures
                .first(where: { $0.name == name })?.value, value.isFinite
        else { return nil }
        return ChartSeries(
            label: "base",
            points: [
                ChartPoint(x: range.lowerBound, y: value),
                ChartPoint(x: range.upperBound, y: value),
            ], style: theme.style(for: .base), dash: .dotted)
    }

    /// What tells overlaid quantities apart beside their dashes.
    static func letter(_ position: Int) -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyz")
        return position < letters.count ? String(letters[position]) : "?"
    }
}

extension LaneCurve {
    /// The curve less another one, which is read between its points on the straight line.
    func difference(to other: LaneCurve) -> LaneCurve {
        var smooth = [Double](repeating: .nan, count: buckets.count)
        var plain = smooth
        var right = 0
        for (place, bucket) in buckets.enumerated() {
            while right < other.buckets.count, other.buckets[right].step < bucket.step {
                right += 1
            }
            guard right < other.buckets.count else { break }
            if other.buckets[right].step == bucket.step {
                smooth[place] = smoothed[place] - other.smoothed[right]
                plain[place] = self.plain[place] - other.plain[right]
            } else if right > 0 {
                let (a, b) = (other.buckets[right - 1].step, other.buckets[right].step)
                let share = Double(bucket.step - a) / Double(b - a)
                smooth[place] =
                    smoothed[place] - other.smoothed[right - 1] * (1 - share)
                    - other.smoothed[right] * share
                plain[place] =
                    self.plain[place] - other.plain[right - 1] * (1 - share)
                    - other.plain[right] * share
            }
        }
        return LaneCurve(
            index: index, lane: lane, quantity: quantity, buckets: buckets, smoothed: smooth,
            plain: plain, isDelta: true)
    }

    /// What the curve says at a step.
    struct Reading {
        var step: Int
        var smooth: Double
        var plain: Double
        var low: Double
        var high: Double
    }

    /// What the curve says nearest to a step; nil for an empty curve.
    func reading(at step: Int) -> Reading? {
        guard let place = CurveHistory.nearest(to: step, in: buckets) else { return nil }
        let bucket = buckets[place]
        return Reading(
            step: bucket.step, smooth: smoothed[place], plain: plain[place], low: bucket.minimum,
            high: bucket.maximum)
    }
}
