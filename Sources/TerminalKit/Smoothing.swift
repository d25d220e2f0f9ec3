/// Smooths a series by an exponential moving average without the bias of its start.
///
/// With weight w, s_t = w s_(t-1) + (1 - w) x_t from s_0 = 0, and the result is s_t / (1 - w^n)
/// after n finite values: the first value is kept as it is and a constant stays a constant.
/// Non-finite values are gaps: they come back as NaN and count for nothing.
///
/// - Parameter weight: 0 (no smoothing) to just below 1; what lies outside is clamped to 0...0.9999.
/// - Reference: Kingma and Ba, Adam, section 3, for the correction.
public func emaSmoothed(_ values: [Double], weight: Double) -> [Double] {
    let w = weight.isNaN ? 0 : min(max(weight, 0), 0.9999)
    var average = 0.0
    var remaining = 1.0
    return values.map { value in
        guard value.isFinite else { return .nan }
        average = w * average + (1 - w) * value
        remaining *= w
        return average / (1 - remaining)
    }
}
