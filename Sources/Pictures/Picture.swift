/// An 8-bit sRGB colour.
public struct PictureColor: Sendable, Equatable {
    /// Red, 0 to 255.
    public var red: UInt8
    /// Green, 0 to 255.
    public var green: UInt8
    /// Blue, 0 to 255.
    public var blue: UInt8

    /// Makes a colour of its three channels.
    public init(red: UInt8, green: UInt8, blue: UInt8) {
        (self.red, self.green, self.blue) = (red, green, blue)
    }

    /// Paper white, the ground of every picture in the embedded data set.
    public static let white = PictureColor(red: 255, green: 255, blue: 255)
    /// Black.
    public static let black = PictureColor(red: 0, green: 0, blue: 0)
}

/// A picture of 8-bit sRGB pixels, rows from the top, three bytes a pixel.
public struct Picture: Sendable, Equatable {
    /// Pixels a row.
    public let width: Int
    /// Rows.
    public let height: Int
    /// The pixels, `[height, width, 3]`.
    public private(set) var rgb: [UInt8]

    /// Wraps pixels that are already there.
    ///
    /// - Precondition: both sides are positive and `rgb` holds `height * width * 3` bytes.
    public init(width: Int, height: Int, rgb: [UInt8]) {
        precondition(width > 0 && height > 0, "a picture has at least one pixel")
        precondition(rgb.count == width * height * 3, "a picture has three bytes a pixel")
        (self.width, self.height, self.rgb) = (width, height, rgb)
    }

    /// Makes a picture of one colour.
    public init(width: Int, height: Int, filledWith colour: PictureColor) {
        var rgb = [UInt8](repeating: colour.red, count: width * height * 3)
        if colour.green != colour.red || colour.blue != colour.red {
            for pixel in 0..<(width * height) {
                rgb[pixel * 3 + 1] = colour.green
                rgb[pixel * 3 + 2] = colour.blue
            }
        }
        self.init(width: width, height: height, rgb: rgb)
    }

    /// Makes a picture of a model's output, `[height, width, 3]` in [-1, 1].
    ///
    /// Values outside are clamped and a value that is no number becomes mid-grey, so that a model
    /// that diverged still shows.
    public init(width: Int, height: Int, signedUnit values: [Float]) {
        precondition(values.count == width * height * 3, "a picture has three values a pixel")
        let bytes = values.map { value -> UInt8 in
            guard !value.isNaN else { return 128 }
            return UInt8((min(max(value, -1), 1) + 1) * 127.5 + 0.5)
        }
        self.init(width: width, height: height, rgb: bytes)
    }

    /// The pixels as a model sees them: `[height, width, 3]` in [-1, 1].
    public var signedUnit: [Float] {
        rgb.map { Float($0) * (2 / 255) - 1 }
    }

    /// One pixel.
    public subscript(x x: Int, y y: Int) -> PictureColor {
        get {
            let start = offset(x, y)
            return PictureColor(red: rgb[start], green: rgb[start + 1], blue: rgb[start + 2])
        }
        set {
            let start = offset(x, y)
            rgb[start] = newValue.red
            rgb[start + 1] = newValue.green
            rgb[start + 2] = newValue.blue
        }
    }

    /// Copies another picture in, its top left corner at (x, y); what sticks out is left away.
    public mutating func place(_ other: Picture, x: Int, y: Int) {
        let firstColumn = max(0, -x)
        let lastColumn = min(other.width, width - x)
        guard firstColumn < lastColumn else { return }
        for row in max(0, -y)..<max(max(0, -y), min(other.height, height - y)) {
            let source = (row * other.width + firstColumn) * 3
            let count = (lastColumn - firstColumn) * 3
            let target = ((row + y) * width + x + firstColumn) * 3
            rgb.replaceSubrange(
                target..<(target + count), with: other.rgb[source..<(source + count)])
        }
    }

    /// The part of the picture inside a rectangle that lies wholly in it.
    public func cropped(x: Int, y: Int, width: Int, height: Int) -> Picture {
        precondition(
            x >= 0 && y >= 0 && x + width <= self.width && y + height <= self.height,
            "a crop lies inside its picture")
        var part: [UInt8] = []
        part.reserveCapacity(width * height * 3)
        for row in y..<(y + height) {
            let start = (row * self.width + x) * 3
            part += rgb[start..<(start + width * 3)]
        }
        return Picture(width: width, height: height, rgb: part)
    }

    private func offset(_ x: Int, _ y: Int) -> Int {
        precondition(x >= 0 && x < width && y >= 0 && y < height, "a pixel lies in its picture")
        return (y * width + x) * 3
    }
}
