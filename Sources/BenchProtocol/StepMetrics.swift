/// What one lane logs at one training step; the quantities of docs/alignment.md.
public struct StepMetrics: Codable, Sendable, Equatable {
    /// The lane's name.
    public var lane: String
    /// The step just taken, counted from 1.
    public var step: Int
    /// The mean loss of the objective's terms.
    @Reading public var loss: Double
    /// P(g_w > g_l) over the pairs that share timestep and noise.
    @Reading public var implicitAccuracy: Double
    /// Mean argument of the log-sigmoid.
    @Reading public var margin: Double
    /// Mean g over winners: positive when the policy explains them better than the reference.
    @Reading public var winnerLogRatio: Double
    /// Mean g over losers; both means can fall while the margin grows.
    @Reading public var loserLogRatio: Double
    /// Mean squared error of the policy's predictions over winners and losers.
    @Reading public var policyError: Double
    /// Mean squared error of the reference's predictions over winners and losers.
    @Reading public var referenceError: Double
    /// PopAlign's detached offset b; null for other objectives.
    @Reading public var offset: Double
    /// Mean squared distance of policy and reference predictions.
    @Reading public var klProxy: Double
    /// Norm of the gradient before clipping.
    @Reading public var gradientNorm: Double
    /// Share of samples with sigma(-m) < 1e-3.
    @Reading public var saturated: Double
    /// Share of samples whose exponential was continued linearly.
    @Reading public var capped: Double
    /// Mean factor on the losers' gradient, 0...1, where the lane has a safeguard.
    @Reading public var safeguardScale: Double
    /// The rate that the optimiser used for this step.
    @Reading public var learningRate: Double
    /// Winners and losers a second in this lane, with its share of the reference pass.
    @Reading public var imagesPerSecond: Double
    /// Seconds since 1970.
    @Reading public var time: Double
    /// The same by quarter of the timestep range, earliest (least noise) first.
    public var quartiles: [TimestepQuartile]

    /// A step of which nothing is known yet: every reading is NaN and there are no quartiles.
    public init(lane: String, step: Int) {
        self.lane = lane
        self.step = step
        loss = .nan
        implicitAccuracy = .nan
        margin = .nan
        winnerLogRatio = .nan
        loserLogRatio = .nan
        policyError = .nan
        referenceError = .nan
        offset = .nan
        klProxy = .nan
        gradientNorm = .nan
        saturated = .nan
        capped = .nan
        safeguardScale = .nan
        learningRate = .nan
        imagesPerSecond = .nan
        time = .nan
        quartiles = []
    }
}

/// A step's quantities over one quarter of the timestep range; NaN where no draw fell into it.
public struct TimestepQuartile: Codable, Sendable, Equatable {
    /// Images that fell into the quarter, winners and losers together.
    public var images: Int
    /// The mean loss of the quarter's terms.
    @Reading public var loss: Double
    /// P(g_w > g_l) over the quarter's pairs; a tie counts half.
    @Reading public var implicitAccuracy: Double
    /// Mean argument of the log-sigmoid.
    @Reading public var margin: Double
    /// Mean g over winners.
    @Reading public var winnerLogRatio: Double
    /// Mean g over losers.
    @Reading public var loserLogRatio: Double
    /// Mean squared error of the policy's predictions over winners and losers.
    @Reading public var policyError: Double
    /// Mean squared error of the reference's predictions over winners and losers.
    @Reading public var referenceError: Double
    /// Mean squared distance of policy and reference predictions.
    @Reading public var klProxy: Double
    /// Share of terms with sigma(-m) < 1e-3.
    @Reading public var saturated: Double
    /// Share of images whose exponential was continued linearly.
    @Reading public var capped: Double

    /// A quarter of that many images whose readings are all NaN.
    public init(images: Int) {
        self.images = images
        loss = .nan
        implicitAccuracy = .nan
        margin = .nan
        winnerLogRatio = .nan
        loserLogRatio = .nan
        policyError = .nan
        referenceError = .nan
        klProxy = .nan
        saturated = .nan
        capped = .nan
    }
}
