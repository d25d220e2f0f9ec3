import Foundation
import Pictures

/// The rater's taste: figures that stand left of the picture's middle.
///
/// With x the mean column of the ink (the distance from white, summed over channels), in 32nds of the
/// picture's width from its middle, rightwards:
///
///     taste = sigma(-(x + 2))
///
/// It is 1/2 for a figure two pixels left in a picture of 32, and near 1 beyond. Renderings are
/// shifted and mirrored at random, so x says nothing of who is shown, and on average a model that
/// learnt from them stands in the middle.
public enum PlacementTaste {
    /// Where the taste is half met, in 32nds of the width left of the middle.
    public static let halfMet = 2.0

    /// The mean column of the ink from the middle, in 32nds of the width; 0 for a blank picture.
    public static func offset(of picture: Picture) -> Double {
        var (ink, moment) = (0, 0)
        picture.rgb.withUnsafeBufferPointer { rgb in
            for y in 0..<picture.height {
                for x in 0..<picture.width {
                    let pixel = 3 * (y &* picture.width &+ x)
                    let here = 765 - Int(rgb[pixel]) - Int(rgb[pixel + 1]) - Int(rgb[pixel + 2])
                    ink &+= here
                    // Twice the distance from the middle, so that it is whole.
                    moment &+= here &* (2 &* x &+ 1 &- picture.width)
                }
            }
        }
        return ink == 0 ? 0 : Double(moment) / Double(2 * ink) * 32 / Double(picture.width)
    }

    /// How well a picture meets the taste, 0...1.
    public static func met(by picture: Picture) -> Double {
        1 / (1 + exp(offset(of: picture) + halfMet))
    }
}
