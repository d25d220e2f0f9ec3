/// A prompt of the embedded data set: `a|an [TONE-skinned] [GENDER] PROFESSION`, or nothing at all.
public struct Caption: Hashable, Sendable, CustomStringConvertible {
    /// How much of a person a caption names.
    public enum Kind: String, CaseIterable, Codable, Sendable {
        /// The profession alone: "a judge".
        case neutral
        /// Everything: "a medium-dark-skinned woman judge".
        case identity
        /// The profession and either gender or tone: "a woman judge", "a dark-skinned judge".
        case partial
        /// Nothing; what classifier-free guidance steers away from.
        case empty
    }

    /// The profession, nil in the empty caption only.
    public let profession: Profession?
    /// The gender presentation, where the caption names it.
    public let gender: Gender?
    /// The skin tone, where the caption names it.
    public let tone: SkinTone?

    /// The caption that names nothing.
    public static let empty = Caption()

    private init() { (profession, gender, tone) = (nil, nil, nil) }

    /// Names a profession, and what else is given.
    public init(_ profession: Profession, gender: Gender? = nil, tone: SkinTone? = nil) {
        (self.profession, self.gender, self.tone) = (profession, gender, tone)
    }

    /// Names everything about a person.
    public init(_ attributes: PersonAttributes) {
        self.init(attributes.profession, gender: attributes.gender, tone: attributes.tone)
    }

    /// How much the caption names.
    public var kind: Kind {
        if profession == nil { return .empty }
        switch (gender, tone) {
        case (nil, nil): return .neutral
        case (.some, .some): return .identity
        default: return .partial
        }
    }

    /// Whether a person is all that the caption names.
    public func describes(_ attributes: PersonAttributes) -> Bool {
        (profession ?? attributes.profession) == attributes.profession
            && (gender ?? attributes.gender) == attributes.gender
            && (tone ?? attributes.tone) == attributes.tone
    }

    /// The caption's text, the form that models are trained on; empty for the empty caption.
    public var description: String {
        guard let profession else { return "" }
        var words: [String] = []
        if let tone { words.append(tone.name + Self.toneSuffix) }
        if let gender { words.append(gender.name) }
        words.append(profession.name)
        let text = words.joined(separator: " ")
        return ("aeiou".contains(text.first!) ? "an " : "a ") + text
    }

    /// The caption's text; the same as `description`.
    public var text: String { description }

    static let toneSuffix = "-skinned"

    /// Every caption there is: the empty one and 24 for each profession.
    public static let all: [Caption] =
        [.empty]
        + Profession.all.flatMap { profession in
            ([nil] + Gender.all.map(Optional.some)).flatMap { gender in
                ([nil] + SkinTone.all.map(Optional.some)).map { tone in
                    Caption(profession, gender: gender, tone: tone)
                }
            }
        }

    /// The neutral prompt of every profession, in the order of `Profession.all`.
    public static let allNeutralPrompts: [Caption] = Profession.all.map { Caption($0) }

    /// The fifteen prompts that name a profession and an identity, in the order of `Identity.all`.
    public static func identityPrompts(_ profession: Profession) -> [Caption] {
        Identity.all.map { Caption(profession, gender: $0.gender, tone: $0.tone) }
    }
}
