import DiffusionModels
import TensorCore
import Testing

@Suite("Pixel shuffle")
struct PixelShuffleTests {
    @Test("channels are ordered as PyTorch's pixel_unshuffle orders them")
    func order() {
        for (height, width, channels, f) in [
            (4, 6, 3, 2), (6, 3, 2, 3), (8, 8, 1, 4), (2, 5, 3, 1),
        ] {
            let picture = (0..<(height * width * channels)).map { Float($0) }
            var out = [Float](repeating: -1, count: picture.count)
            PixelShuffle.unshuffle(
                picture, height: height, width: width, channels: channels, factor: f, into: &out)
            let depth = channels * f * f
            for c in 0..<channels {
                for dy in 0..<f {
                    for dx in 0..<f {
                        for y in 0..<(height / f) {
                            for x in 0..<(width / f) {
                                let pixel = ((y * f + dy) * width + x * f + dx) * channels + c
                                let place = (y * (width / f) + x) * depth + (c * f + dy) * f + dx
                                #expect(out[place] == picture[pixel])
                            }
                        }
                    }
                }
            }
        }
    }

    @Test("shuffling undoes unshuffling and the other way round, for random sizes")
    func roundTrip() {
        var random = Philox(seed: 2, purpose: .evaluation)
        for _ in 0..<50 {
            let f = 1 + random.index(below: 5)
            let (height, width) = (
                f * (1 + random.index(below: 6)), f * (1 + random.index(below: 6))
            )
            let channels = 1 + random.index(below: 4)
            let values = (0..<(height * width * channels)).map { _ in random.uniform() }
            var (there, back) = (values, values)
            PixelShuffle.unshuffle(
                values, height: height, width: width, channels: channels, factor: f, into: &there)
            PixelShuffle.shuffle(
                there, height: height, width: width, channels: channels, factor: f, into: &back)
            #expect(back == values)
            PixelShuffle.shuffle(
                values, height: height, width: width, channels: channels, factor: f, into: &there)
            PixelShuffle.unshuffle(
                there, height: height, width: width, channels: channels, factor: f, into: &back)
            #expect(back == values)
        }
    }
}
