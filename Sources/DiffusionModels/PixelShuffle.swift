/// Trades resolution for channels and back, in place of a latent encoder.
///
/// A picture [H, W, C] becomes [H/f, W/f, C f^2]; channel c f^2 + dy f + dx holds the pixel (dy, dx)
/// of its f x f block, as PyTorch's `pixel_unshuffle` orders them.
public enum PixelShuffle {
    /// Picture to model input, both channels last.
    public static func unshuffle(
        _ picture: UnsafePointer<Float>, height: Int, width: Int, channels: Int, factor: Int,
        into out: UnsafeMutablePointer<Float>
    ) {
        forEach(height, width, channels, factor) { pixel, element in out[element] = picture[pixel] }
    }

    /// Model output to picture, both channels last.
    public static func shuffle(
        _ sample: UnsafePointer<Float>, height: Int, width: Int, channels: Int, factor: Int,
        into out: UnsafeMutablePointer<Float>
    ) {
        forEach(height, width, channels, factor) { pixel, element in out[pixel] = sample[element] }
    }

    /// Height, width and channels are the picture's.
    @inline(__always)
    private static func forEach(
        _ height: Int, _ width: Int, _ channels: Int, _ factor: Int, _ body: (Int, Int) -> Void
    ) {
        let (columns, depth) = (width / factor, channels * factor * factor)
        for y in 0..<height {
            for x in 0..<width {
                let cell = ((y / factor) * columns + x / factor) * depth
                let place = (y % factor) * factor + x % factor
                for c in 0..<channels {
                    body(
                        (y * width + x) * channels + c, cell + c * factor * factor + place)
                }
            }
        }
    }
}
