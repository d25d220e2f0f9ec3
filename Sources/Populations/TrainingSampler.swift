import Pictures
import TensorCore

/// How often each kind of caption is drawn in training.
public struct CaptionMix: Sendable, Equatable {
    /// The share of captions that name the profession alone.
    public var neutral: Double
    /// The share of captions that name everything.
    public var identity: Double
    /// The share of captions that name the profession and one of gender and tone, half and half.
    public var partial: Double
    /// The share of captions of any kind that are left out, which guidance needs: what they would have
    /// named stays as drawn, so that the unconditional model is less stereotyped than a neutral prompt
    /// and guidance sharpens the stereotype, as it does in large models.
    public var empty: Double

    /// States the four shares.
    ///
    /// - Precondition: none is negative and they add up to 1.
    public init(neutral: Double, identity: Double, partial: Double, empty: Double) {
        let shares = [neutral, identity, partial, empty]
        precondition(shares.allSatisfy { $0 >= 0 }, "a share is not negative")
        precondition(abs(shares.reduce(0, +) - 1) < 1e-9, "shares add up to 1")
        (self.neutral, self.identity, self.partial, self.empty) =
            (neutral, identity, partial, empty)
    }

    /// What the shipped model is trained on: neutral prompts, which must reproduce the planted table,
    /// and, somewhat more of them as they are harder, identity prompts, which must be obeyed; some
    /// partial ones between; a tenth empty.
    public static let standard = CaptionMix(
        neutral: 0.27, identity: 0.42, partial: 0.21, empty: 0.10)
}

/// One picture to learn from, with what is known of it.
public struct TrainingExample: Sendable {
    /// Who is drawn.
    public let attributes: PersonAttributes
    /// What the model is told of it.
    public let caption: Caption
    /// The pixels, `[32, 32, 3]` in [-1, 1], channels last.
    public let picture: [Float]
}

/// Draws training examples whose hidden attributes follow the planted bias.
///
/// Professions are uniform. Attributes that the caption names are uniform too; those it leaves open
/// follow the table. Example (seed, step, index) is always the same one.
public struct TrainingSampler: Sendable {
    /// The most examples a step can have.
    public static let mostPerStep = 1 << 20

    /// Where the pictures come from.
    public let people: EmojiPeople
    /// Who appears where a caption leaves it open.
    public let bias: PlantedBias
    /// How often each kind of caption is drawn.
    public let mix: CaptionMix

    /// Combines a data set with a bias and a mix of captions.
    public init(
        people: EmojiPeople, bias: PlantedBias = .declared, mix: CaptionMix = .standard
    ) {
        (self.people, self.bias, self.mix) = (people, bias, mix)
    }

    /// Draws an example.
    ///
    /// - Parameters:
    ///   - seed: the seed of the run.
    ///   - step: the optimiser step, below 2^31.
    ///   - index: the place in the step's batch, below `mostPerStep`.
    public func draw(seed: UInt64, step: Int, index: Int) -> TrainingExample {
        let (attributes, caption) = drawPerson(seed: seed, step: step, index: index)
        let picture = people.rendering(
            attributes, seed: seed, index: Self.renderingIndex(step, index), split: .train)
        return TrainingExample(attributes: attributes, caption: caption, picture: picture)
    }

    /// Draws the same example with its pixels written to `EmojiPeople.renderingCount` floats.
    @discardableResult
    public func draw(
        seed: UInt64, step: Int, index: Int, into out: UnsafeMutablePointer<Float>
    ) -> (attributes: PersonAttributes, caption: Caption) {
        let drawn = drawPerson(seed: seed, step: step, index: index)
        people.render(
            drawn.attributes, seed: seed, index: Self.renderingIndex(step, index), split: .train,
            into: out)
        return drawn
    }

    /// Draws the example's person and caption without the pixels.
    public func drawPerson(
        seed: UInt64, step: Int, index: Int
    ) -> (attributes: PersonAttributes, caption: Caption) {
        Self.drawPerson(bias: bias, mix: mix, seed: seed, step: step, index: index)
    }

    /// Draws a person and a caption by a bias and a mix alone.
    package static func drawPerson(
        bias: PlantedBias, mix: CaptionMix, seed: UInt64, step: Int, index: Int
    ) -> (attributes: PersonAttributes, caption: Caption) {
        var numbers = Philox(seed: seed, purpose: .attributes, step: step, sample: index)
        let profession = Profession.all[numbers.index(below: Profession.all.count)]
        let isEmpty = Double(numbers.uniform()) < mix.empty
        let named = mix.neutral + mix.identity + mix.partial
        let kinds =
            named > 0
            ? [mix.neutral, mix.identity, mix.partial / 2, mix.partial / 2].map { $0 / named }
            : [1, 0, 0, 0]
        let kind = drawIndex(kinds, from: &numbers)
        let (namesGender, namesTone) = (kind == 1 || kind == 2, kind == 1 || kind == 3)
        let gender =
            namesGender
            ? Gender.all[numbers.index(below: Gender.all.count)]
            : bias.drawGender(of: profession, from: &numbers)
        let tone =
            namesTone
            ? SkinTone.all[numbers.index(below: SkinTone.all.count)]
            : bias.drawTone(of: profession, from: &numbers)
        let caption =
            isEmpty
            ? Caption.empty
            : Caption(
                profession, gender: namesGender ? gender : nil, tone: namesTone ? tone : nil)
        return (PersonAttributes(profession: profession, gender: gender, tone: tone), caption)
    }

    private static func renderingIndex(_ step: Int, _ index: Int) -> Int {
        precondition(index >= 0 && index < mostPerStep, "a step has at most 2^20 examples")
        return step << 20 | index
    }
}
