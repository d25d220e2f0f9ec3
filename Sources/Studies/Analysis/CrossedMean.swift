import Alignment

/// The mean of a figure that was measured for every prompt in every seed, where prompts and seeds are
/// both random.
///
/// The model is `y[s][p] = mu + a_s + b_p + e_sp`: a seed moves all prompts together (a), a prompt is
/// harder than another whatever the seed (b), and the rest is noise (e). With mean squares MSA of
/// seeds, MSB of prompts and MSE of what is left, the mean's variance `(MSA + MSB - MSE) / (S P)` is
/// estimated without bias; Student's t at Satterthwaite's degrees of freedom makes the interval. The
/// estimate is never taken below that of seeds alone or prompts alone.
///
/// A bootstrap over seeds is no way out: three seeds have ten different resamples, and its intervals
/// are far too short.
///
/// References: Searle, Casella, McCulloch, "Variance Components", 1992, chapter 4; Satterthwaite, "An
/// approximate distribution of estimates of variance components", Biometrics Bulletin 2, 1946; Owen,
/// "The pigeonhole bootstrap", Annals of Applied Statistics 1, 2007.
public struct CrossedMean: Sendable, Equatable {
    /// The mean over all seeds and prompts; NaN of nothing.
    public let value: Double
    /// The estimated standard error; NaN where a single number is all there is.
    public let standardError: Double
    /// Satterthwaite's degrees of freedom.
    public let degreesOfFreedom: Double
    /// How many seeds there are.
    public let seeds: Int
    /// How many prompts every seed has; 1 for a figure of a whole evaluation.
    public let prompts: Int

    /// Estimates from one row a seed, one column a prompt; prompts that lack a value in any seed are
    /// left out.
    ///
    /// With one seed the interval is over prompts alone, with one prompt over seeds alone.
    ///
    /// - Parameter resolution: a standard error below which no figure of this kind is known, however
    ///   well its values agree: of a share that was 1 in every picture, for one.
    /// - Precondition: rows are equally long.
    public init(_ rows: [[Double]], resolution: Double = 0) {
        let width = rows.first?.count ?? 0
        precondition(rows.allSatisfy { $0.count == width }, "every seed has the same prompts")
        let kept = (0..<width).filter { column in rows.allSatisfy { $0[column].isFinite } }
        let y = rows.map { row in kept.map { row[$0] } }
        seeds = kept.isEmpty ? 0 : y.count
        prompts = kept.count
        let (s, p) = (Double(seeds), Double(prompts))
        guard seeds > 0 else {
            (value, standardError, degreesOfFreedom) = (.nan, .nan, .nan)
            return
        }
        let rowMeans = y.map { $0.reduce(0, +) / p }
        let columnMeans = kept.indices.map { column in y.reduce(0) { $0 + $1[column] } / s }
        let mean = rowMeans.reduce(0, +) / s
        value = mean
        func squares(_ values: [Double]) -> Double {
            values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        }
        switch (seeds, prompts) {
        case (1, 1): (standardError, degreesOfFreedom) = (.nan, .nan)
        case (1, _):
            degreesOfFreedom = p - 1
            standardError = max(resolution, (squares(columnMeans) / (p - 1) / p).squareRoot())
        case (_, 1):
            degreesOfFreedom = s - 1
            standardError = max(resolution, (squares(rowMeans) / (s - 1) / s).squareRoot())
        default:
            let ofSeeds = p * squares(rowMeans) / (s - 1)
            let ofPrompts = s * squares(columnMeans) / (p - 1)
            var rest = 0.0
            for (row, rowMean) in zip(y, rowMeans) {
                for (value, columnMean) in zip(row, columnMeans) {
                    let residual = value - rowMean - columnMean + mean
                    rest += residual * residual
                }
            }
            let freedomOfRest = (s - 1) * (p - 1)
            let noise = rest / freedomOfRest
            let sum = ofSeeds + ofPrompts - noise
            let total = max(sum, ofSeeds, ofPrompts)
            standardError = max(resolution, (max(total, 0) / (s * p)).squareRoot())
            let spread =
                ofSeeds * ofSeeds / (s - 1) + ofPrompts * ofPrompts / (p - 1)
                + (sum >= total ? noise * noise / freedomOfRest : 0)
            degreesOfFreedom = spread > 0 ? max(1, total * total / spread) : min(s, p) - 1
        }
    }

    /// The mean with its 95 % interval; n counts values.
    public var estimate: Estimate {
        let half = halfWidth()
        return Estimate(
            value: value, low: value - half, high: value + half, n: seeds * prompts)
    }

    /// Half the width of the 95 % interval; NaN where there is none.
    private func halfWidth() -> Double {
        guard standardError.isFinite, degreesOfFreedom > 0 else { return .nan }
        let t = StudentDistribution(degreesOfFreedom: degreesOfFreedom).quantile(0.975)
        return t * standardError
    }

    /// The one-sided p value of the hypothesis that the true mean is not above `bound`.
    ///
    /// Small where the mean lies clearly above; NaN without a standard error.
    public func tailAbove(_ bound: Double) -> Double {
        guard standardError.isFinite, degreesOfFreedom > 0 else { return .nan }
        guard standardError > 0 else { return value > bound ? 0 : value < bound ? 1 : 0.5 }
        return StudentDistribution(degreesOfFreedom: degreesOfFreedom)
            .upperTail((value - bound) / standardError)
    }
}
