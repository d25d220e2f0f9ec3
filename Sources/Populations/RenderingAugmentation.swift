import TensorCore

/// Which renderings a model may learn from.
public enum RenderingSplit: String, CaseIterable, Codable, Sendable {
    /// For training.
    case train
    /// For testing; no training rendering equals one of these, whatever the seeds.
    case test
}

/// How one rendering differs from the drawing in the font.
public struct RenderingAugmentation: Sendable, Equatable {
    /// Whether the drawing is mirrored left to right.
    public var isFlipped: Bool
    /// The rotation in radians, clockwise on the screen.
    public var rotation: Float
    /// The enlargement; at 1 the drawing's longer side fills the rendering.
    public var scale: Float
    /// The shift to the right, in pixels of the rendering.
    public var shiftX: Float
    /// The shift downwards, in pixels of the rendering.
    public var shiftY: Float
    /// Factors on the ink (the distance from white) of red, green and blue, so that white stays.
    public var ink: (red: Float, green: Float, blue: Float)

    /// The drawing as it is.
    public static let none = RenderingAugmentation(
        isFlipped: false, rotation: 0, scale: 1, shiftX: 0, shiftY: 0, ink: (1, 1, 1))

    /// The largest rotation, 6 degrees, in radians.
    public static let largestRotation: Float = 6 * .pi / 180
    /// The range of scales.
    public static let scales: ClosedRange<Float> = 0.90...1.05
    /// The largest shift along each axis, in pixels of the rendering.
    public static let largestShift: Float = 3
    /// The largest change of ink common to the channels, small beside the steps between skin tones.
    public static let largestInkChange: Float = 0.04
    /// The largest further change of ink of each channel apart.
    public static let largestTint: Float = 0.02

    /// Draws an augmentation.
    ///
    /// Train and test use streams of their own. Beyond that, the last bit of the number that gives the
    /// rotation says the split: no test augmentation can equal a training one, for any pair of seeds.
    ///
    /// - Parameters:
    ///   - seed: the seed of the run.
    ///   - person: the person drawn, 0 to 299.
    ///   - index: which of the person's renderings; only the low 54 bits count.
    ///   - split: train or test.
    public init(seed: UInt64, person: Int, index: Int, split: RenderingSplit) {
        let splitBit: UInt32 = split == .test ? 1 : 0
        let address = UInt64(bitPattern: Int64(index))
        var numbers = Philox(
            seed: seed, purpose: .augmentation,
            step: Int(splitBit) << 31 | person << 22 | Int(address >> 32 & 0x3F_FFFF),
            sample: Int(address & 0xFFFF_FFFF))
        func symmetric(_ largest: Float) -> Float { numbers.uniform(-largest, largest) }
        let turn = (numbers.nextWord() >> 8) & ~1 | splitBit
        rotation = (Float(turn) * 0x1p-23 - 1) * Self.largestRotation
        isFlipped = numbers.nextWord() >> 31 == 1
        scale = numbers.uniform(Self.scales.lowerBound, Self.scales.upperBound)
        shiftX = symmetric(Self.largestShift)
        shiftY = symmetric(Self.largestShift)
        let common = 1 + symmetric(Self.largestInkChange)
        ink = (
            common + symmetric(Self.largestTint), common + symmetric(Self.largestTint),
            common + symmetric(Self.largestTint)
        )
    }

    /// States an augmentation.
    public init(
        isFlipped: Bool, rotation: Float, scale: Float, shiftX: Float, shiftY: Float,
        ink: (red: Float, green: Float, blue: Float)
    ) {
        self.isFlipped = isFlipped
        self.rotation = rotation
        self.scale = scale
        self.shiftX = shiftX
        self.shiftY = shiftY
        self.ink = ink
    }

    /// Whether two augmentations are the same in every part.
    public static func == (left: Self, right: Self) -> Bool {
        left.isFlipped == right.isFlipped && left.rotation == right.rotation
            && left.scale == right.scale && left.shiftX == right.shiftX
            && left.shiftY == right.shiftY && left.ink == right.ink
    }
}
