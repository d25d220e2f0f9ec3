/// A whole evaluation of one lane: named figures, each with its n and 95 % interval.
public struct Evaluation: Codable, Sendable, Equatable {
    /// One measured quantity with its 95 % interval.
    public struct Figure: Codable, Sendable, Equatable {
        /// `discrepancy_gender`, `identity_accuracy`, ...; `held_out_` before it where held out,
        /// `fixed_` where measured on fixed draws.
        public var name: String
        /// The estimate; NaN where there was nothing to measure.
        @Reading public var value: Double
        /// The lower end of the interval; NaN for figures without one.
        @Reading public var low: Double
        /// The upper end of the interval; NaN for figures without one.
        @Reading public var high: Double
        /// How many observations the figure rests on.
        public var n: Int

        /// A figure with every field given.
        public init(name: String, value: Double, low: Double, high: Double, n: Int) {
            self.name = name
            self.value = value
            self.low = low
            self.high = high
            self.n = n
        }
    }
    /// The lane's name, or `base`.
    public var lane: String
    /// The lane's step when it was evaluated; 0 for the base.
    public var step: Int
    /// The figures, each under a name of its own.
    public var figures: [Figure]

    /// An evaluation with every field given.
    public init(lane: String, step: Int, figures: [Figure]) {
        self.lane = lane
        self.step = step
        self.figures = figures
    }
}

extension Evaluation {
    /// Whether all figures were measured on a session's fixed draws of picture, timestep and noise,
    /// which are cheap and come often; the others are measured on sampled pictures.
    public var isOnFixedDraws: Bool { figures.allSatisfy(\.isOnFixedDraws) }
}

extension Evaluation.Figure {
    /// Whether the figure was measured on fixed draws: its name begins with `fixed_`.
    public var isOnFixedDraws: Bool { name.hasPrefix("fixed_") }
}
