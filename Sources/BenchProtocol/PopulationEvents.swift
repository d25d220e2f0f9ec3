/// Who appears for a prompt: counts of one attribute's classes among sampled pictures.
public struct PopulationHistogram: Codable, Sendable, Equatable {
    /// The lane's name, or `base`.
    public var lane: String
    /// The prompt that the pictures were sampled for.
    public var prompt: String
    /// The lane's step when the pictures were sampled; 0 for the base.
    public var step: Int
    /// `gender` or `tone`.
    public var attribute: String
    /// The attribute's declared classes, in the classifier's order.
    public var classes: [String]
    /// Pictures of each class, in the order of `classes`.
    public var counts: [Int]
    /// norm2(p - uniform) over the declared classes.
    @Reading public var discrepancy: Double
    /// Mean softmax probability of the class found, over the pictures, 0...1.
    @Reading public var meanConfidence: Double

    /// A histogram with every field given; one count a class.
    public init(
        lane: String, prompt: String, step: Int, attribute: String, classes: [String],
        counts: [Int], discrepancy: Double, meanConfidence: Double
    ) {
        self.lane = lane
        self.prompt = prompt
        self.step = step
        self.attribute = attribute
        self.classes = classes
        self.counts = counts
        self.discrepancy = discrepancy
        self.meanConfidence = meanConfidence
    }
}

/// Pictures of one lane for one prompt, from the noise all lanes share.
public struct Thumbnails: Codable, Sendable, Equatable {
    /// One picture: RGB bytes in row order (base64 in a line) and what the classifier sees in it.
    public struct Picture: Codable, Sendable, Equatable {
        /// `[height, width, 3]` bytes, rows from the top.
        public var rgb: [UInt8]
        /// "woman, medium-dark".
        public var label: String
        /// The classifier's least confidence among the label's attributes, 0...1.
        @Reading public var confidence: Double

        /// A picture with its label and confidence.
        public init(rgb: [UInt8], label: String, confidence: Double) {
            self.rgb = rgb
            self.label = label
            self.confidence = confidence
        }
    }
    /// The lane's name, or `base`.
    public var lane: String
    /// The prompt that the pictures were sampled for.
    public var prompt: String
    /// The lane's step when the pictures were sampled; 0 for the base.
    public var step: Int
    /// Pixels a row of every picture.
    public var width: Int
    /// Rows of every picture.
    public var height: Int
    /// The pictures in the order of their noise, so that lanes can be compared place by place.
    public var pictures: [Picture]

    /// A sheet of pictures that are all of the given size.
    public init(
        lane: String, prompt: String, step: Int, width: Int, height: Int, pictures: [Picture]
    ) {
        self.lane = lane
        self.prompt = prompt
        self.step = step
        self.width = width
        self.height = height
        self.pictures = pictures
    }
}
