import TensorCore
import Testing

private typealias Counter = (UInt32, UInt32, UInt32, UInt32)

private func words(_ block: (UInt32, UInt32, UInt32, UInt32)) -> [UInt32] {
    [block.0, block.1, block.2, block.3]
}

private func stream(
    seed: UInt64 = 7, _ purpose: RandomPurpose = .evaluation, step: Int = 0, sample: Int = 0
) -> Philox {
    Philox(seed: seed, purpose: purpose, step: step, sample: sample)
}

private func normals(_ random: inout Philox, _ count: Int) -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
        random.fillNormal(buffer.baseAddress!, count: count)
        initialized = count
    }
}

/// Mean of the k-th powers.
private func moment(_ values: [Float], _ k: Int) -> Double {
    values.reduce(0.0) { sum, value in
        sum + (0..<k).reduce(1.0) { power, _ in power * Double(value) }
    } / Double(values.count)
}

@Suite("Philox")
struct PhiloxTests {
    @Test("blocks are those of the published known-answer vectors for philox4x32-10")
    func knownAnswers() {
        let all = UInt32.max
        let cases: [(counter: Counter, key: (UInt32, UInt32), block: [UInt32])] = [
            ((0, 0, 0, 0), (0, 0), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
            (
                (all, all, all, all), (all, all),
                [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
            ),
            // The digits of pi.
            (
                (0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), (0xa409_3822, 0x299f_31d0),
                [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
            ),
        ]
        for known in cases {
            #expect(words(Philox.block(counter: known.counter, key: known.key)) == known.block)
        }
    }

    @Test("word k of a stream is word k mod 4 of the block at its address, and nothing else")
    func addresses() {
        let seed: UInt64 = 0x0123_4567_89ab_cdef
        var random = stream(seed: seed, .trainingNoise, step: 41, sample: 1_000_003)
        for k in 0..<23 {
            let block = Philox.block(
                counter: (
                    UInt32(k / 4), 1_000_003, 41, RandomPurpose.trainingNoise.rawValue
                ), key: (0x89ab_cdef, 0x0123_4567))
            #expect(random.nextWord() == words(block)[k % 4], "word \(k)")
        }
    }

    @Test("streams drawn in turns give what each gives alone")
    func drawOrder() {
        let alone = (0..<5).map { sample in
            var random = stream(sample: sample)
            return (0..<40).map { _ in random.nextWord() }
        }
        var together = [[UInt32]](repeating: [], count: 5)
        var streams = (0..<5).map { stream(sample: $0) }
        var order = stream(.dataOrder)
        while together.contains(where: { $0.count < 40 }) {
            let chosen = order.index(below: 5)
            if together[chosen].count < 40 { together[chosen].append(streams[chosen].nextWord()) }
        }
        #expect(together == alone)
    }

    @Test("every part of the address leads to other numbers")
    func distinctStreams() {
        let purposes: [RandomPurpose] = [
            .initialWeights, .trainingNoise, .timesteps, .dataOrder, .augmentation, .attributes,
            .captionDropout, .sampling, .populationDraw, .bootstrap, .evaluation, .classifier,
        ]
        var first: Set<UInt64> = []
        var count = 0
        for seed in [0, 1, 1 << 32, UInt64.max] {
            for purpose in purposes {
                for step in [0, 1, 1 << 16] {
                    for sample in [0, 1, 77] {
                        var random = stream(seed: seed, purpose, step: step, sample: sample)
                        first.insert(random.next())
                        count += 1
                    }
                }
            }
        }
        #expect(first.count == count)
    }

    @Test("uniform numbers lie in [0, 1) and have the moments of the uniform distribution")
    func uniformMoments() {
        var random = stream()
        let values = (0..<200_000).map { _ in random.uniform() }
        #expect(values.allSatisfy { $0 >= 0 && $0 < 1 })
        #expect(abs(moment(values, 1) - 1.0 / 2) < 0.003)
        #expect(abs(moment(values, 2) - 1.0 / 3) < 0.003)
        #expect(abs(moment(values, 3) - 1.0 / 4) < 0.003)
        // Neighbours do not depend on each other.
        let products = zip(values, values.dropFirst()).map { ($0 - 0.5) * ($1 - 0.5) }
        #expect(abs(moment(products, 1)) < 0.001)
        let shifted = (0..<10_000).map { _ in random.uniform(-3, 5) }
        #expect(shifted.allSatisfy { $0 >= -3 && $0 <= 5 })
        #expect(abs(moment(shifted, 1) - 1) < 0.1)
    }

    @Test("normal numbers have the moments of the standard normal distribution")
    func normalMoments() {
        var random = stream()
        let values = normals(&random, 400_000)
        #expect(values.allSatisfy { $0.isFinite })
        #expect(abs(moment(values, 1)) < 0.006)
        #expect(abs(moment(values, 2) - 1) < 0.01)
        #expect(abs(moment(values, 3)) < 0.03)
        #expect(abs(moment(values, 4) - 3) < 0.08)
        let pairs = stride(from: 0, to: values.count, by: 2).map { values[$0] * values[$0 + 1] }
        #expect(abs(moment(pairs, 1)) < 0.01)
        // Tails: P(|x| > 2) = 0.0455.
        let far = Double(values.count { abs($0) > 2 }) / Double(values.count)
        #expect(abs(far - 0.0455) < 0.0015)
    }

    @Test("a longer run of normal numbers starts with the shorter one, odd lengths included")
    func normalPrefixes() {
        var whole = stream()
        let expected = normals(&whole, 33)
        for count in 1...33 {
            var random = stream()
            #expect(normals(&random, count) == Array(expected.prefix(count)))
        }
    }

    @Test("indices stay below their bound and fall on every value equally often")
    func indices() {
        var random = stream()
        for bound in [1, 2, 7, 10, 1 << 30] {
            for _ in 0..<200 { #expect((0..<bound).contains(random.index(below: bound))) }
        }
        let draws = 70_000
        var counts = [Int](repeating: 0, count: 7)
        for _ in 0..<draws { counts[random.index(below: 7)] += 1 }
        let expected = Double(draws) / 7
        let chiSquare =
            counts.reduce(0.0) { $0 + (Double($1) - expected) * (Double($1) - expected) }
            / expected
        // Six degrees of freedom: 22.5 is passed once in a thousand seeds.
        #expect(chiSquare < 22.5)
    }
}
