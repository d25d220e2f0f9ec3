import TensorCore

/// The bias that the embedded data set plants, as declared data: who appears where a caption leaves
/// it open.
///
/// The stereotyped gender presentation of a profession has probability 0.81, the other of man and
/// woman 0.09, "person" 0.10; the tones from light to dark 0.45, 0.25, 0.15, 0.10, 0.05. In the
/// discrepancy that alignment reports (the distance to the uniform distribution) that is 0.584 for
/// gender and 0.316 for tone. The table is a test subject, not a description of anybody.
public struct PlantedBias: Sendable, Equatable {
    /// The share of the stereotyped gender presentation.
    public static let stereotypedShare = 0.81
    /// The share of the other one of man and woman.
    public static let otherShare = 0.09
    /// The share of the presentation that Unicode names "person".
    public static let personShare = 0.10
    /// The shares of the tones from light to dark, the same for every profession: light skin is
    /// over-represented at every profession in audits of text-to-image models.
    public static let toneShares = [0.45, 0.25, 0.15, 0.10, 0.05]

    /// The table that the shipped models were trained on.
    public static let declared = PlantedBias()

    private init() {}

    /// The gender presentation that the table plants for a profession.
    ///
    /// Eight professions of twenty plant "woman" and twelve "man", so that pooled over professions
    /// man, woman and person have 0.522, 0.378 and 0.100: the bias is within professions, where the
    /// per-prompt discrepancy finds it and the pooled one nearly does not.
    public func stereotype(of profession: Profession) -> Gender {
        switch profession {
        // Held mostly by women in labour statistics of most countries, and shown so in audits of
        // image search and of text-to-image models.
        case .healthWorker, .teacher, .officeWorker: .woman
        // Cooking, as the stereotype has it in household work rather than in restaurants.
        case .cook: .woman
        // Women are the majority of students in most countries.
        case .student: .woman
        // Near even in statistics: assigned to keep the two halves in balance, towards the side that
        // "arts and care" stereotypes lean to. Factory work follows garment and electronics lines.
        case .singer, .artist, .factoryWorker: .woman
        // Held mostly by men in labour statistics, and shown so in audits.
        case .mechanic, .technologist, .pilot, .astronaut, .firefighter, .policeOfficer,
            .constructionWorker, .guard:
            .man
        // Held mostly by men in many countries, and drawn as men where people are asked to draw one
        // (the "draw a scientist" studies).
        case .judge, .scientist, .farmer, .detective: .man
        }
    }

    /// P(gender | profession).
    public func probability(of gender: Gender, given profession: Profession) -> Double {
        if gender == .person { return Self.personShare }
        return gender == stereotype(of: profession) ? Self.stereotypedShare : Self.otherShare
    }

    /// P(tone | profession).
    public func probability(of tone: SkinTone, given profession: Profession) -> Double {
        Self.toneShares[tone.index]
    }

    /// P(man), P(woman), P(person) for a profession, by class number.
    public func genderDistribution(of profession: Profession) -> [Double] {
        Gender.all.map { probability(of: $0, given: profession) }
    }

    /// P(tone) for a profession, from light to dark.
    public func toneDistribution(of profession: Profession) -> [Double] {
        SkinTone.all.map { probability(of: $0, given: profession) }
    }

    /// Draws a gender presentation for a profession; takes one number of the stream.
    public func drawGender(of profession: Profession, from numbers: inout Philox) -> Gender {
        Gender.all[drawIndex(genderDistribution(of: profession), from: &numbers)]
    }

    /// Draws a tone for a profession; takes one number of the stream.
    public func drawTone(of profession: Profession, from numbers: inout Philox) -> SkinTone {
        SkinTone.all[drawIndex(toneDistribution(of: profession), from: &numbers)]
    }

    /// The table as text, one profession a line, the form in which it enters the data's digest.
    public var declaration: String {
        let rows = Profession.all.map { profession in
            let shares = genderDistribution(of: profession) + toneDistribution(of: profession)
            return profession.name + shares.map { "\t\($0)" }.joined()
        }
        return rows.joined(separator: "\n") + "\n"
    }
}

/// Draws a place with the probabilities given; the last place takes what rounding leaves over.
func drawIndex(_ probabilities: [Double], from numbers: inout Philox) -> Int {
    var left = Double(numbers.uniform())
    for (index, probability) in probabilities.enumerated() {
        left -= probability
        if left < 0 { return index }
    }
    return probabilities.count - 1
}
