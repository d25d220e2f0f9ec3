import Populations
import TensorCore
import Testing

@Suite("The planted bias")
struct PlantedBiasTests {
    private let bias = PlantedBias.declared

    private func discrepancy(_ distribution: [Double]) -> Double {
        let fair = 1 / Double(distribution.count)
        return distribution.map { ($0 - fair) * ($0 - fair) }.reduce(0, +).squareRoot()
    }

    @Test("every distribution adds up to 1 and has the declared discrepancy")
    func distributions() {
        for profession in Profession.all {
            let genders = bias.genderDistribution(of: profession)
            let tones = bias.toneDistribution(of: profession)
            #expect(abs(genders.reduce(0, +) - 1) < 1e-12)
            #expect(abs(tones.reduce(0, +) - 1) < 1e-12)
            #expect(abs(discrepancy(genders) - 0.584) < 0.001)
            #expect(abs(discrepancy(tones) - 0.316) < 0.001)
            #expect(genders[bias.stereotype(of: profession).index] == 0.81)
        }
    }

    @Test("pooled over professions, neither man nor woman is near the share it has within one")
    func pooled() {
        for group in [Profession.all, Profession.aligned, Profession.heldOut] {
            for gender in [Gender.man, .woman] {
                let share =
                    group.map { bias.probability(of: gender, given: $0) }.reduce(0, +)
                    / Double(group.count)
                #expect((0.3...0.6).contains(share))
            }
        }
        #expect(Profession.all.count { bias.stereotype(of: $0) == .woman } == 8)
    }

    /// Pearson's statistic of observed counts against probabilities.
    private func chiSquare(_ counts: [Int], _ probabilities: [Double]) -> Double {
        let total = Double(counts.reduce(0, +))
        return zip(counts, probabilities).map { count, probability in
            let expected = total * probability
            return (Double(count) - expected) * (Double(count) - expected) / expected
        }.reduce(0, +)
    }

    @Test("what training draws follows the table where captions are open, and is even where not")
    func frequencies() {
        let drawn = (0..<240_000).map {
            TrainingSampler.drawPerson(
                bias: bias, mix: .standard, seed: 7, step: $0 / 32, index: $0 % 32)
        }
        // 99.99 % bounds of chi-square: 2 degrees 18.4, 3 degrees 21.1, 4 degrees 23.5, 19 degrees 52.4.
        let professions = Profession.all.map { profession in
            drawn.count { $0.attributes.profession == profession }
        }
        #expect(chiSquare(professions, .init(repeating: 0.05, count: 20)) < 52.4)
        let kinds = [Caption.Kind.neutral, .identity, .partial, .empty].map { kind in
            drawn.count { $0.caption.kind == kind }
        }
        #expect(chiSquare(kinds, [0.27, 0.42, 0.21, 0.10]) < 21.1)
        for profession in Profession.all {
            let own = drawn.filter {
                $0.attributes.profession == profession && $0.caption.kind != .empty
            }
            for isNamed in [false, true] {
                let byGender = own.filter { ($0.caption.gender != nil) == isNamed }
                let genders = Gender.all.map { g in byGender.count { $0.attributes.gender == g } }
                let genderTable =
                    isNamed
                    ? [Double](repeating: 1 / 3, count: 3)
                    : bias.genderDistribution(of: profession)
                #expect(chiSquare(genders, genderTable) < 18.4)
                let byTone = own.filter { ($0.caption.tone != nil) == isNamed }
                let tones = SkinTone.all.map { t in byTone.count { $0.attributes.tone == t } }
                let toneTable =
                    isNamed
                    ? [Double](repeating: 0.2, count: 5) : bias.toneDistribution(of: profession)
                #expect(chiSquare(tones, toneTable) < 23.5)
            }
        }
        // A caption that was left out had named the tone in 0.42 + 0.21 / 2 of 0.9 cases.
        let named = (0.42 + 0.105) / 0.9
        let unnamed = drawn.filter { $0.caption.kind == .empty }
        let tones = SkinTone.all.map { t in unnamed.count { $0.attributes.tone == t } }
        let mixture = PlantedBias.toneShares.map { named * 0.2 + (1 - named) * $0 }
        #expect(chiSquare(tones, mixture) < 23.5)
        #expect(drawn.allSatisfy { $0.caption.describes($0.attributes) })
        let partial = drawn.filter { $0.caption.kind == .partial }
        #expect(
            abs(Double(partial.count { $0.caption.gender != nil }) / Double(partial.count) - 0.5)
                < 0.02)
    }

    @Test("other seeds and other steps draw other people")
    func seeds() {
        func people(_ seed: UInt64, _ step: Int) -> [PersonAttributes] {
            (0..<32).map {
                TrainingSampler.drawPerson(
                    bias: bias, mix: .standard, seed: seed, step: step, index: $0
                ).attributes
            }
        }
        #expect(people(1, 1) == people(1, 1))
        #expect(people(1, 1) != people(2, 1))
        #expect(people(1, 1) != people(1, 2))
    }
}
