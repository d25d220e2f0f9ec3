extension PopulationPair {
    /// The share of doubtful pictures from which on they are remarked upon.
    public static let mostDoubtful = 0.25

    /// What a person should know of the populations before training on them, a sentence each: winners
    /// of one class only, and a classifier that doubts too many of the pictures.
    ///
    /// - Parameters:
    ///   - professions: those that are trained on.
    ///   - confidence: below which a picture is doubtful, 0...1.
    public func remarks(professions: [Profession], confidence: Double) -> [String] {
        var remarks: [String] = []
        for profession in professions {
            let shown = winners.lazy.map(\.attributes).filter { $0.profession == profession }
            let (genders, tones) = (Set(shown.map(\.gender)), Set(shown.map(\.tone)))
            for (what, only) in [
                ("gender", genders.count == 1 ? genders.first?.name : nil),
                ("tone", tones.count == 1 ? tones.first?.name : nil),
            ] {
                guard let only else { continue }
                remarks.append(
                    "all winners of \"\(profession.name)\" show one \(what) (\(only)): training moves"
                        + " towards it, and not towards diversity")
            }
        }
        for (name, members) in [("winners", winners), ("losers", losers)] {
            let chosen = members.filter { professions.contains($0.attributes.profession) }
            let doubtful = chosen.filter { Double($0.confidence) < confidence }.count
            guard !chosen.isEmpty else { continue }
            if let remark = Self.doubtRemark(
                doubtful, of: chosen.count, confidence: confidence, what: name)
            {
                remarks.append(remark)
            }
        }
        return remarks
    }

    /// A sentence about a classifier that doubts more than `mostDoubtful` of some pictures, else nil.
    public static func doubtRemark(
        _ doubtful: Int, of count: Int, confidence: Double, what: String
    ) -> String? {
        guard Double(doubtful) > mostDoubtful * Double(count) else { return nil }
        return "the classifier is less than \(confidence) sure of \(doubtful) of \(count) \(what):"
            + " what it says of them, and what is chosen by it, cannot be relied on"
    }
}
