/// The gradient field of one lane over log X1 (winner) x log X2 (loser), with the batch upon it.
public struct GradientFieldSummary: Codable, Sendable, Equatable {
    /// One arrow or point; `x` and `y` are natural logarithms of X1 and X2.
    public struct Arrow: Codable, Sendable, Equatable {
        /// ln X1, the winner's.
        public var x: Double
        /// ln X2, the loser's.
        public var y: Double
        /// Direction of descent in log space, normalised to length at most 1 over the grid.
        @Reading public var dx: Double
        /// The loser's component of the same direction, never positive.
        @Reading public var dy: Double

        /// An arrow at (x, y) pointing along (dx, dy).
        public init(x: Double, y: Double, dx: Double, dy: Double) {
            self.x = x
            self.y = y
            self.dx = dx
            self.dy = dy
        }
    }
    /// The lane's name.
    public var lane: String
    /// The step whose batch is shown.
    public var step: Int
    /// Share of the gradient's size (log space) that falls on winners, 0...1.
    @Reading public var shareOnWinner: Double
    /// Median of |dX1/dX2| over the batch, log space.
    @Reading public var medianRatio: Double
    /// Share of the batch's margins with sigma(-m) < 1e-3.
    @Reading public var saturated: Double
    /// Share of the batch's images whose score lies on the linear continuation.
    @Reading public var capped: Double
    /// Mean direction of descent over the batch, log space.
    @Reading public var meanDX: Double
    /// The loser's component of that mean; the shorter the vector, the less the pairs agree.
    @Reading public var meanDY: Double
    /// The analytic field: a square grid in row order, lowest y first.
    public var arrows: [Arrow]
    /// The current batch: at most 64 pairs.
    public var points: [Arrow]
    /// The readings by quarter of the timestep range, least noise first; empty from an engine that
    /// does not tell them.
    public var quartiles: [FieldQuartile]

    /// A summary with every field given.
    public init(
        lane: String, step: Int, shareOnWinner: Double, medianRatio: Double, saturated: Double,
        capped: Double, meanDX: Double, meanDY: Double, arrows: [Arrow], points: [Arrow],
        quartiles: [FieldQuartile] = []
    ) {
        self.lane = lane
        self.step = step
        self.shareOnWinner = shareOnWinner
        self.medianRatio = medianRatio
        self.saturated = saturated
        self.capped = capped
        self.meanDX = meanDX
        self.meanDY = meanDY
        self.arrows = arrows
        self.points = points
        self.quartiles = quartiles
    }

    /// Reads a summary; quarters that are missing, as in older lines, are none.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        lane = try values.decode(String.self, forKey: .lane)
        step = try values.decode(Int.self, forKey: .step)
        _shareOnWinner = try values.decode(Reading.self, forKey: .shareOnWinner)
        _medianRatio = try values.decode(Reading.self, forKey: .medianRatio)
        _saturated = try values.decode(Reading.self, forKey: .saturated)
        _capped = try values.decode(Reading.self, forKey: .capped)
        _meanDX = try values.decode(Reading.self, forKey: .meanDX)
        _meanDY = try values.decode(Reading.self, forKey: .meanDY)
        arrows = try values.decode([Arrow].self, forKey: .arrows)
        points = try values.decode([Arrow].self, forKey: .points)
        quartiles = try values.decodeIfPresent([FieldQuartile].self, forKey: .quartiles) ?? []
    }
}

/// What the field does to the pairs whose timestep lies in one quarter of the range; NaN where no
/// pair fell into it.
public struct FieldQuartile: Codable, Sendable, Equatable {
    /// Pairs that fell into the quarter.
    public var pairs: Int
    /// Share of the gradient's size (log space) that falls on winners, 0...1.
    @Reading public var shareOnWinner: Double
    /// Median of |dX1/dX2|, log space.
    @Reading public var medianRatio: Double
    /// Share of margins with sigma(-m) < 1e-3.
    @Reading public var saturated: Double
    /// Share of images whose score lies on the linear continuation.
    @Reading public var capped: Double
    /// The winner's component of the mean direction of descent, log space.
    @Reading public var meanDX: Double
    /// The loser's component of the same mean.
    @Reading public var meanDY: Double

    /// A quarter of that many pairs whose readings are all NaN.
    public init(pairs: Int) {
        self.pairs = pairs
        shareOnWinner = .nan
        medianRatio = .nan
        saturated = .nan
        capped = .nan
        meanDX = .nan
        meanDY = .nan
    }
}
