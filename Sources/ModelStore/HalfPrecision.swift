/// Conversions between 32-bit and 16-bit floating point, by integer arithmetic on the bits.
///
/// `Float16` does not exist on every platform that Swift reaches, and the plain form below is
/// inlined and vectorised where the library call is not.
public enum HalfPrecision {
    /// The value of the IEEE 754 binary16 number with the given bits.
    @inlinable
    public static func float(fromFloat16 bits: UInt16) -> Float {
        let sign = UInt32(bits & 0x8000) << 16
        let exponent = UInt32(bits >> 10) & 0x1F
        let fraction = UInt32(bits & 0x3FF)
        if exponent == 0 {
            // Zero and subnormals: fraction x 2^-24, exact in binary32.
            let magnitude = Float(fraction) * 0x1p-24
            return Float(bitPattern: magnitude.bitPattern | sign)
        }
        if exponent == 31 { return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13) }
        return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }

    /// The bits of the binary16 number nearest to a value, ties to even; too large becomes infinite.
    @inlinable
    public static func float16(_ value: Float) -> UInt16 {
        let bits = value.bitPattern
        let sign = UInt16(truncatingIfNeeded: bits >> 16) & 0x8000
        let magnitude = bits & 0x7FFF_FFFF
        if magnitude > 0x7F80_0000 {
            // Not a number: keep the upper payload, and make it a quiet one.
            return sign | 0x7E00 | UInt16(truncatingIfNeeded: magnitude >> 13) & 0x3FF
        }
        // From 65520 on, the nearest number would be 65536, which binary16 does not have.
        if magnitude >= 0x477F_F000 { return sign | 0x7C00 }
        if magnitude < 0x3880_0000 {
            // Below 2^-14: adding 0.5 leaves a multiple of 2^-24 in the lowest bits, rounded to even.
            let shifted = Float(bitPattern: magnitude) + 0.5
            return sign | UInt16(truncatingIfNeeded: shifted.bitPattern &- 0x3F00_0000)
        }
        let even = magnitude >> 13 & 1
        let rounded = magnitude &+ 0xFFF &+ even
        return sign | UInt16(truncatingIfNeeded: rounded >> 13 &- 112 << 10)
    }

    /// The value of the bfloat16 number with the given bits.
    @inlinable
    public static func float(fromBFloat16 bits: UInt16) -> Float {
        Float(bitPattern: UInt32(bits) << 16)
    }

    /// The bits of the bfloat16 number nearest to a value, ties to even.
    @inlinable
    public static func bfloat16(_ value: Float) -> UInt16 {
        let bits = value.bitPattern
        if value.isNaN { return UInt16(truncatingIfNeeded: bits >> 16) | 0x0040 }
        let even = bits >> 16 & 1
        return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ even) >> 16)
    }
}
