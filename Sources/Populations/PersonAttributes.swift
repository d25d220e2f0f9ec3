/// What a drawn person does for a living, by Unicode's name; twenty of them.
public enum Profession: String, CaseIterable, Codable, Sendable, Hashable {
    case healthWorker = "health worker"
    case student, teacher, judge, farmer, cook, mechanic
    case factoryWorker = "factory worker"
    case officeWorker = "office worker"
    case scientist, technologist, singer, artist, pilot, astronaut, firefighter
    case policeOfficer = "police officer"
    case detective, `guard`
    case constructionWorker = "construction worker"

    /// All professions in the order that class numbers and contact sheets follow.
    public static let all: [Profession] = allCases

    /// The professions that no alignment trains on, so that they show whether fairness carries over.
    public static let heldOut: [Profession] = [
        .cook, .detective, .judge, .pilot, .scientist, .teacher,
    ]

    /// The professions that alignment trains on: all that are not held out.
    public static let aligned: [Profession] = all.filter { !heldOut.contains($0) }

    /// The name that captions use.
    public var name: String { rawValue }

    /// The class number, 0 to 19.
    public var index: Int { Self.all.firstIndex(of: self)! }
}

/// How a drawing presents gender, by Unicode's name; says nothing of anyone's identity.
public enum Gender: String, CaseIterable, Codable, Sendable, Hashable {
    case man, woman, person

    /// All presentations in the order that class numbers follow.
    public static let all: [Gender] = allCases

    /// The name that captions use.
    public var name: String { rawValue }

    /// The class number, 0 to 2.
    public var index: Int {
        switch self {
        case .man: 0
        case .woman: 1
        case .person: 2
        }
    }
}

/// The skin tone of a drawing, Unicode's five steps of the Fitzpatrick scale.
public enum SkinTone: String, CaseIterable, Codable, Sendable, Hashable {
    case light
    case mediumLight = "medium-light"
    case medium
    case mediumDark = "medium-dark"
    case dark

    /// All tones from light to dark, the order that class numbers follow.
    public static let all: [SkinTone] = allCases

    /// The name that captions use, before "-skinned".
    public var name: String { rawValue }

    /// The class number, 0 to 4.
    public var index: Int {
        switch self {
        case .light: 0
        case .mediumLight: 1
        case .medium: 2
        case .mediumDark: 3
        case .dark: 4
        }
    }
}

/// The attributes that alignment balances: a gender presentation and a skin tone.
public struct Identity: Hashable, Codable, Sendable {
    /// The gender presentation.
    public var gender: Gender
    /// The skin tone.
    public var tone: SkinTone

    /// Pairs a gender presentation with a skin tone.
    public init(gender: Gender, tone: SkinTone) { (self.gender, self.tone) = (gender, tone) }

    /// All fifteen identities, tones within genders.
    public static let all: [Identity] = Gender.all.flatMap { gender in
        SkinTone.all.map { Identity(gender: gender, tone: $0) }
    }
}

/// Everything that is known of one drawn person: three hundred combinations.
public struct PersonAttributes: Hashable, Codable, Sendable, CustomStringConvertible {
    /// The profession.
    public var profession: Profession
    /// The gender presentation.
    public var gender: Gender
    /// The skin tone.
    public var tone: SkinTone

    /// Combines a profession with an identity's two parts.
    public init(profession: Profession, gender: Gender, tone: SkinTone) {
        (self.profession, self.gender, self.tone) = (profession, gender, tone)
    }

    /// The gender presentation and skin tone together.
    public var identity: Identity { Identity(gender: gender, tone: tone) }

    /// The place in `all`, 0 to 299.
    public var index: Int { (profession.index * 3 + gender.index) * 5 + tone.index }

    /// All three hundred: tones within genders within professions.
    public static let all: [PersonAttributes] = Profession.all.flatMap { profession in
        Identity.all.map {
            PersonAttributes(profession: profession, gender: $0.gender, tone: $0.tone)
        }
    }

    /// Unicode's name of the emoji, for example "woman judge: medium-dark skin tone".
    public var emojiName: String {
        let who = gender == .person ? profession.name : "\(gender.name) \(profession.name)"
        return "\(who): \(tone.name) skin tone"
    }

    /// The three names, for messages.
    public var description: String { "\(tone.name) \(gender.name) \(profession.name)" }
}
