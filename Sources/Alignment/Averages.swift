/// The mean, summed from first to last; NaN of nothing.
func mean(_ values: [Double]) -> Double {
    values.reduce(0, +) / Double(values.count)
}

/// The middle of the sorted values; NaN of nothing, and where a value is NaN.
func median(_ values: [Double]) -> Double {
    guard !values.contains(where: \.isNaN) else { return .nan }
    return quantile(0.5, ofSorted: values.sorted())
}

/// The share of `values` that satisfy `condition`; NaN of nothing.
func share<Value>(of values: [Value], where condition: (Value) -> Bool) -> Double {
    Double(values.filter(condition).count) / Double(values.count)
}

/// A quantile by linear interpolation between the neighbouring order statistics; NaN of nothing.
func quantile(_ level: Double, ofSorted values: [Double]) -> Double {
    guard let last = values.indices.last else { return .nan }
    let position = level * Double(last)
    let below = Int(position)
    let above = min(below + 1, last)
    let weight = position - Double(below)
    // Equal neighbours first: the difference of two infinities is no number.
    return values[below] == values[above]
        ? values[below] : values[below] + weight * (values[above] - values[below])
}
