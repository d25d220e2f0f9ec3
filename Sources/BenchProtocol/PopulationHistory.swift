/// The answer to `fetchPopulations`: who appeared for a prompt as one lane trained.
public struct PopulationHistory: Codable, Sendable, Equatable {
    /// One measurement: the counts of one sheet or evaluation.
    public struct Point: Codable, Sendable, Equatable {
        /// The lane's step when the pictures were sampled; 0 for the base.
        public var step: Int
        /// Pictures of each class, in the order of the history's `classes`.
        public var counts: [Int]

        /// A measurement with every field given; one count a class.
        public init(step: Int, counts: [Int]) {
            self.step = step
            self.counts = counts
        }
    }
    /// The lane's name, or `base`.
    public var lane: String
    /// The prompt that the pictures were sampled for.
    public var prompt: String
    /// `gender` or `tone`.
    public var attribute: String
    /// The attribute's declared classes, in the classifier's order.
    public var classes: [String]
    /// The measurements in order of their steps; of a long history an even choice of them.
    public var points: [Point]

    /// A history with every field given.
    public init(
        lane: String, prompt: String, attribute: String, classes: [String], points: [Point]
    ) {
        self.lane = lane
        self.prompt = prompt
        self.attribute = attribute
        self.classes = classes
        self.points = points
    }
}

/// The shares that the data set plants where a prompt leaves an attribute open.
public struct PlantedDistribution: Codable, Sendable, Equatable {
    /// The prompt, as in the request.
    public var prompt: String
    /// `gender` or `tone`.
    public var attribute: String
    /// The attribute's declared classes.
    public var classes: [String]
    /// The share of each class, 0...1, in the order of `classes`.
    public var shares: [Double]

    /// A distribution with every field given; one share a class.
    public init(prompt: String, attribute: String, classes: [String], shares: [Double]) {
        self.prompt = prompt
        self.attribute = attribute
        self.classes = classes
        self.shares = shares
    }
}

/// The answer to `film`: how one picture came out of its noise.
public struct Film: Codable, Sendable, Equatable {
    /// What the model takes the clean picture to be at one denoising step.
    public struct Frame: Codable, Sendable, Equatable {
        /// Denoising steps taken, from 1 to `inferenceSteps`.
        public var taken: Int
        /// The timestep at which the prediction was made.
        public var timestep: Int
        /// `[height, width, 3]` bytes, rows from the top.
        public var rgb: [UInt8]
        /// "woman, medium-dark", as the classifier sees the prediction.
        public var label: String
        /// The classifier's least confidence among the label's attributes, 0...1.
        @Reading public var confidence: Double

        /// A frame with every field given.
        public init(taken: Int, timestep: Int, rgb: [UInt8], label: String, confidence: Double) {
            self.taken = taken
            self.timestep = timestep
            self.rgb = rgb
            self.label = label
            self.confidence = confidence
        }
    }
    /// The lane's name, or `base`.
    public var lane: String
    /// The prompt that the picture is drawn for.
    public var prompt: String
    /// The number of the picture's noise: its place in a sheet.
    public var index: Int
    /// The lane's step when the picture was drawn; 0 for the base.
    public var step: Int
    /// Denoising steps in all.
    public var inferenceSteps: Int
    /// Pixels a row of every frame.
    public var width: Int
    /// Rows of every frame.
    public var height: Int
    /// The frames in the order of denoising; the last is the finished picture.
    public var frames: [Frame]

    /// A film with every field given; all frames are of the given size.
    public init(
        lane: String, prompt: String, index: Int, step: Int, inferenceSteps: Int, width: Int,
        height: Int, frames: [Frame]
    ) {
        self.lane = lane
        self.prompt = prompt
        self.index = index
        self.step = step
        self.inferenceSteps = inferenceSteps
        self.width = width
        self.height = height
        self.frames = frames
    }
}
