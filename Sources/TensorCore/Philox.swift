#if canImport(Glibc)
    import Glibc
#endif

/// What a random draw is for; part of the counter, so that purposes never share numbers.
public enum RandomPurpose: UInt32, Sendable {
    case initialWeights = 1
    case trainingNoise, timesteps, dataOrder, augmentation, attributes, captionDropout
    case sampling, populationDraw, bootstrap, evaluation, classifier, preferenceLabel
}

/// Counter-based random numbers, Philox4x32-10: draw k depends on its address alone, so that neither
/// the number of threads nor an interruption changes a result.
///
/// Reference: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
public struct Philox: Sendable {
    private let key: (UInt32, UInt32)
    private let high: (UInt32, UInt32, UInt32)
    private var block: UInt32 = 0
    private var pending: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
    private var left = 0

    /// Opens the stream at an address.
    ///
    /// - Parameters:
    ///   - seed: the session's seed.
    ///   - purpose: what the numbers are for.
    ///   - step: the optimiser step or another running number.
    ///   - sample: the index within the step.
    public init(seed: UInt64, purpose: RandomPurpose, step: Int = 0, sample: Int = 0) {
        key = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
        high = (
            UInt32(truncatingIfNeeded: sample), UInt32(truncatingIfNeeded: step), purpose.rawValue
        )
    }

    /// The ten-round bijection that the generator applies to a counter under a key.
    public static func block(
        counter: (UInt32, UInt32, UInt32, UInt32), key: (UInt32, UInt32)
    ) -> (UInt32, UInt32, UInt32, UInt32) {
        var c = counter
        var k = key
        for _ in 0..<10 {
            let a = UInt64(0xD251_1F53) &* UInt64(c.0)
            let b = UInt64(0xCD9E_8D57) &* UInt64(c.2)
            c = (
                UInt32(truncatingIfNeeded: b >> 32) ^ c.1 ^ k.0, UInt32(truncatingIfNeeded: b),
                UInt32(truncatingIfNeeded: a >> 32) ^ c.3 ^ k.1, UInt32(truncatingIfNeeded: a)
            )
            k = (k.0 &+ 0x9E37_79B9, k.1 &+ 0xBB67_AE85)
        }
        return c
    }

    /// The next 32 random bits.
    public mutating func nextWord() -> UInt32 {
        if left == 0 {
            pending = Philox.block(counter: (block, high.0, high.1, high.2), key: key)
            block &+= 1
            left = 4
        }
        left -= 1
        switch left {
        case 3: return pending.0
        case 2: return pending.1
        case 1: return pending.2
        default: return pending.3
        }
    }

    /// A uniform number in [0, 1) with 24 bits.
    public mutating func uniform() -> Float { Float(nextWord() >> 8) * 0x1p-24 }

    /// A uniform number in [low, high).
    public mutating func uniform(_ low: Float, _ high: Float) -> Float {
        low + (high - low) * uniform()
    }

    /// A uniform integer in 0..<count, without modulo bias worth speaking of (count < 2^31).
    public mutating func index(below count: Int) -> Int {
        Int((UInt64(nextWord()) &* UInt64(count)) >> 32)
    }

    /// Fills `count` floats with independent standard normal numbers (Box-Muller, in Double).
    public mutating func fillNormal(_ out: UnsafeMutablePointer<Float>, count: Int) {
        var i = 0
        while i < count {
            let u = (Double(nextWord()) + 1) * 0x1p-32
            let v = Double(nextWord()) * 0x1p-32
            let radius = (-2 * log(u)).squareRoot()
            out[i] = Float(radius * cos(2 * .pi * v))
            if i + 1 < count { out[i + 1] = Float(radius * sin(2 * .pi * v)) }
            i += 2
        }
    }
}

extension Philox: RandomNumberGenerator {
    /// The next 64 random bits: two words of the stream, the earlier one high.
    public mutating func next() -> UInt64 { UInt64(nextWord()) << 32 | UInt64(nextWord()) }
}
