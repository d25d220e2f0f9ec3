import ModelStore
import Testing

@Suite("Half precision")
struct HalfPrecisionTests {
    @Test("every binary16 number becomes the single that the type Float16 gives")
    func everyHalf() {
        let wrong = (UInt16.min ... .max).filter { bits in
            let value = HalfPrecision.float(fromFloat16: bits)
            let known = Float(Float16(bitPattern: bits))
            return known.isNaN ? !value.isNaN : value.bitPattern != known.bitPattern
        }
        #expect(wrong == [])
    }

    @Test("every binary16 number survives the way to single and back")
    func roundTrip() {
        let wrong = (UInt16.min ... .max).filter { bits in
            let back = HalfPrecision.float16(HalfPrecision.float(fromFloat16: bits))
            let isNaN = bits & 0x7FFF > 0x7C00
            return isNaN ? back & 0x7FFF <= 0x7C00 : back != bits
        }
        #expect(wrong == [])
    }

    @Test("singles near every boundary and at random round as Float16 rounds them")
    func rounding() {
        var numbers = SeededNumbers(1)
        var candidates: [UInt32] = []
        for bits in stride(from: UInt16(0), to: 0x7C00, by: 7) {
            // The middle between two neighbours, and what is just beside it.
            let low = HalfPrecision.float(fromFloat16: bits)
            let middle = (low + HalfPrecision.float(fromFloat16: bits + 1)) / 2
            for step in [-1, 0, 1] as [Int32] {
                candidates.append(UInt32(bitPattern: Int32(bitPattern: middle.bitPattern) + step))
            }
        }
        for _ in 0..<20_000 { candidates.append(UInt32(truncatingIfNeeded: numbers.next())) }
        candidates += [
            0x477F_E000, 0x477F_EFFF, 0x477F_F000, 0x387F_FFFF, 0x3880_0000, 0x3300_0000,
        ]
        let wrong = candidates.map { Float(bitPattern: $0) }.filter { value in
            !value.isNaN && HalfPrecision.float16(value) != Float16(value).bitPattern
        }
        #expect(wrong == [])
    }

    @Test(
        "known values have their known bits",
        arguments: [
            (0x1p-24, 0x0001), (0x1p-25, 0x0000), (0x1.8p-25, 0x0001), (0x1.8p-24, 0x0002),
            (6.097555e-5, 0x03FF), (0x1p-14, 0x0400), (65504, 0x7BFF), (65519.996, 0x7BFF),
            (65520, 0x7C00), (.infinity, 0x7C00), (-.infinity, 0xFC00), (-0.0, 0x8000), (1, 0x3C00),
        ] as [(Float, UInt16)])
    func knownHalves(value: Float, bits: UInt16) {
        #expect(HalfPrecision.float16(value) == bits)
    }

    @Test(
        "bfloat16 rounds to the nearest, ties to even",
        arguments: [
            (0x3F80_0000, 0x3F80), (0x3F80_8000, 0x3F80), (0x3F81_8000, 0x3F82),
            (0x3F80_8001, 0x3F81), (0x7F7F_FFFF, 0x7F80), (0x7F80_0000, 0x7F80),
            (0xFF80_0000, 0xFF80), (0x8000_0000, 0x8000), (0x0000_8001, 0x0001),
            (0x0000_8000, 0x0000), (0x7F80_0001, 0x7FC0), (0xFFC0_0000, 0xFFC0),
        ] as [(UInt32, UInt16)])
    func brain(bits: UInt32, expected: UInt16) {
        #expect(HalfPrecision.bfloat16(Float(bitPattern: bits)) == expected)
    }

    @Test("every bfloat16 number survives the way to single and back")
    func brainRoundTrip() {
        let wrong = (UInt16.min ... .max).filter { bits in
            let back = HalfPrecision.bfloat16(HalfPrecision.float(fromBFloat16: bits))
            return bits & 0x7FFF <= 0x7F80 && back != bits
        }
        #expect(wrong == [])
    }
}
