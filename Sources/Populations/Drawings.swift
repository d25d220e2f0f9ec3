#if canImport(Glibc)
    import Glibc
#endif
import Pictures

/// Drawings of one size on white, packed for sampling at any place, angle and scale.
///
/// Every drawing has a border of white pixels (one before, two after), so that a coordinate outside,
/// once clamped, reads white: nothing is clipped and nothing smears.
package struct Drawings: Sendable {
    /// Samples along each side of a new pixel.
    ///
    /// With 136 pixels shrunk to 32, four samples a side lie 1.06 old pixels apart: bilinear taps
    /// that far apart leave no gap, and their mean is the area average without aliasing.
    package static let samplesPerSide = 4

    package let count: Int
    package let width: Int
    package let height: Int
    /// Red, green, blue and nothing in the bytes of a word from the lowest on, `[count, rows, stride]`.
    private var pixels: [UInt32]
    private let stride: Int
    private let rows: Int

    /// Packs pictures of one size.
    package init(_ pictures: [Picture]) {
        precondition(!pictures.isEmpty, "a set of drawings has one at least")
        (count, width, height) = (pictures.count, pictures[0].width, pictures[0].height)
        stride = width + 3
        rows = height + 3
        pixels = [UInt32](repeating: 0x00FF_FFFF, count: count * rows * stride)
        for (index, picture) in pictures.enumerated() {
            precondition(
                picture.width == width && picture.height == height, "drawings have one size")
            for y in 0..<height {
                let row = (index * rows + y + 1) * stride + 1
                for x in 0..<width {
                    let source = (y * width + x) * 3
                    pixels[row + x] =
                        UInt32(picture.rgb[source]) | UInt32(picture.rgb[source + 1]) << 8
                        | UInt32(picture.rgb[source + 2]) << 16
                }
            }
        }
    }

    /// One drawing as a picture.
    package subscript(index: Int) -> Picture {
        var rgb: [UInt8] = []
        rgb.reserveCapacity(width * height * 3)
        for y in 0..<height {
            for x in 0..<width {
                let pixel = pixels[(index * rows + y + 1) * stride + 1 + x]
                for shift: UInt32 in [0, 8, 16] {
                    rgb.append(UInt8(truncatingIfNeeded: pixel >> shift))
                }
            }
        }
        return Picture(width: width, height: height, rgb: rgb)
    }

    /// Renders a drawing into `[side, side, 3]` floats in [-1, 1], channels last.
    package func render(
        _ index: Int, side: Int, _ augmentation: RenderingAugmentation,
        into out: UnsafeMutablePointer<Float>
    ) {
        let samples = Self.samplesPerSide
        // Old pixels a step, and the inverse rotation; 16 fractional bits, so that stepping is exact
        // and the result the same whatever order the pixels are visited in.
        let one = Double(1 << 16)
        let step =
            Double(max(width, height)) / Double(side) / Double(augmentation.scale)
            / Double(samples) * one
        let cosine = cos(Double(augmentation.rotation)) * step
        let sine = sin(Double(augmentation.rotation)) * step
        let mirror: Double = augmentation.isFlipped ? -1 : 1
        let xAcross = Int((cosine * mirror).rounded())
        let xDown = Int((sine * mirror).rounded())
        let yAcross = Int((-sine).rounded())
        let yDown = Int(cosine.rounded())
        // The first sample's distance from the centre, in samples. The border and the half pixel
        // between a pixel's corner and its centre make up the last term.
        let middle = Double(side * samples) / 2 - 0.5
        let left = -middle - Double(augmentation.shiftX) * Double(samples)
        let top = -middle - Double(augmentation.shiftY) * Double(samples)
        let xStart = Int(
            (mirror * (left * cosine + top * sine) + (Double(width) / 2 + 0.5) * one).rounded())
        let yStart = Int(
            (top * cosine - left * sine + (Double(height) / 2 + 0.5) * one).rounded())
        let xLast = (width + 1) << 16
        let yLast = (height + 1) << 16

        let perUnit = 1 / Float(255 * samples * samples)
        let ink = augmentation.ink
        pixels.withUnsafeBufferPointer { all in
            let drawing = all.baseAddress! + index * rows * stride
            for row in 0..<side {
                for column in 0..<side {
                    // The block of samples of this pixel begins here; only its corners can be the
                    // farthest out, so that most blocks need no clamping.
                    let x0 = xStart &+ row &* samples &* xDown &+ column &* samples &* xAcross
                    let y0 = yStart &+ row &* samples &* yDown &+ column &* samples &* yAcross
                    let last = samples &- 1
                    let (x1, x2) = (x0 &+ last &* xAcross, x0 &+ last &* xDown)
                    let (y1, y2) = (y0 &+ last &* yAcross, y0 &+ last &* yDown)
                    let x3 = x1 &+ x2 &- x0
                    let y3 = y1 &+ y2 &- y0
                    let isInside =
                        min(min(x0, x1), min(x2, x3)) >= 0 && min(min(y0, y1), min(y2, y3)) >= 0
                        && max(max(x0, x1), max(x2, x3)) <= xLast
                        && max(max(y0, y1), max(y2, y3)) <= yLast
                    var sum: UInt64 = 0
                    for i in 0..<samples {
                        var x = x0 &+ i &* xDown
                        var y = y0 &+ i &* yDown
                        for _ in 0..<samples {
                            let cx = isInside ? x : min(max(x, 0), xLast)
                            let cy = isInside ? y : min(max(y, 0), yLast)
                            sum &+= Self.tap(
                                drawing + ((cy >> 16) &* stride &+ (cx >> 16)), stride: stride,
                                UInt64(truncatingIfNeeded: (cx >> 12) & 15),
                                UInt64(truncatingIfNeeded: (cy >> 12) & 15))
                            x &+= xAcross
                            y &+= yAcross
                        }
                    }
                    // Lanes: red, blue, green, nothing.
                    let pixel = out + (row &* side &+ column) &* 3
                    pixel[0] = Self.toned(sum & 0xFFFF, perUnit, ink.red)
                    pixel[1] = Self.toned(sum >> 32 & 0xFFFF, perUnit, ink.green)
                    pixel[2] = Self.toned(sum >> 16 & 0xFFFF, perUnit, ink.blue)
                }
            }
        }
    }

    /// Interpolates between four pixels, all channels at once in 16-bit lanes of one word.
    ///
    /// The weights are sixteenths along each axis and add up to 256, so that a lane holds at most
    /// 255 * 256 + 128 and never spills into its neighbour.
    @inline(__always)
    private static func tap(
        _ corner: UnsafePointer<UInt32>, stride: Int, _ fx: UInt64, _ fy: UInt64
    ) -> UInt64 {
        let both = fx &* fy
        let mixed =
            spread(corner[0]) &* (256 &- (fx &+ fy) &* 16 &+ both)
            &+ spread(corner[1]) &* (fx &* 16 &- both)
            &+ spread(corner[stride]) &* (fy &* 16 &- both)
            &+ spread(corner[stride &+ 1]) &* both
        return (mixed &+ 0x0080_0080_0080_0080) >> 8 & 0x00FF_00FF_00FF_00FF
    }

    @inline(__always)
    private static func spread(_ pixel: UInt32) -> UInt64 {
        UInt64(pixel & 0x00FF_00FF) | UInt64(pixel & 0xFF00_FF00) << 24
    }

    /// From a sum of samples to [-1, 1], with the distance from white scaled.
    @inline(__always)
    private static func toned(_ sum: UInt64, _ perUnit: Float, _ ink: Float) -> Float {
        max(1 - 2 * ink * (1 - Float(UInt32(truncatingIfNeeded: sum)) * perUnit), -1)
    }
}
