import Pictures

/// One picture of a population: what was asked for, what came, and how sure the classifier was.
public struct PopulationMember: Sendable, Equatable {
    /// The picture.
    public let picture: Picture
    /// The caption that alignment uses with it: the neutral one, on both sides.
    public let text: String
    /// What the picture shows: the prompted identity of a winner, the classified one of a loser.
    public let attributes: PersonAttributes
    /// The classifier's confidence in these attributes, 0 to 1.
    public let confidence: Float

    /// Combines a picture with what is known of it; a confidence that is no number counts as 0.
    public init(
        picture: Picture, text: String, attributes: PersonAttributes, confidence: Float
    ) {
        self.picture = picture
        self.text = text
        self.attributes = attributes
        self.confidence = confidence.isNaN ? 0 : min(max(confidence, 0), 1)
    }
}

/// A preferred and a dispreferred population of pictures, not paired one by one.
///
/// On disk it is an image folder with the columns `file_name`, `text`, `population` (winner or
/// loser), `profession`, `gender`, `tone` and `confidence`.
public struct PopulationPair: Sendable, Equatable {
    /// The pictures that alignment moves towards.
    public var winners: [PopulationMember]
    /// The pictures that alignment moves away from.
    public var losers: [PopulationMember]

    private static let columns = ["population", "profession", "gender", "tone", "confidence"]
    private static let folders: Set<String> = ["metadata.csv", "winners", "losers"]

    /// Pairs two populations, which may differ in size.
    public init(winners: [PopulationMember], losers: [PopulationMember]) {
        (self.winners, self.losers) = (winners, losers)
    }

    /// Loads a pair from its folder.
    ///
    /// - Throws: `ImageFolderError` with the table and the line, or `StoredFileError`.
    public init(loading path: String) throws {
        let folder = try ImageFolder(reading: path)
        var (winners, losers): ([PopulationMember], [PopulationMember]) = ([], [])
        for entry in folder.entries {
            func value<Value>(
                of column: String, expected: String, _ read: (String) -> Value?
            ) throws -> Value {
                guard let text = entry.attributes[column] else {
                    throw ImageFolderError.missingColumn(
                        table: folder.tablePath, line: entry.line, column: column)
                }
                guard let value = read(text) else {
                    throw ImageFolderError.badValue(
                        table: folder.tablePath, line: entry.line, column: column, value: text,
                        expected: expected)
                }
                return value
            }
            let isWinner = try value(of: "population", expected: "winner or loser") {
                ["winner": true, "loser": false][$0]
            }
            let attributes = PersonAttributes(
                profession: try value(
                    of: "profession", expected: Self.names(Profession.all),
                    Profession.init(rawValue:)),
                gender: try value(
                    of: "gender", expected: Self.names(Gender.all), Gender.init(rawValue:)),
                tone: try value(
                    of: "tone", expected: Self.names(SkinTone.all), SkinTone.init(rawValue:)))
            let confidence = try value(of: "confidence", expected: "a number from 0 to 1") {
                Float($0).flatMap { (0...1).contains($0) ? $0 : nil }
            }
            // Training takes the caption of the profession: one that says something else is a mistake.
            guard (try? Caption(parsing: entry.text))?.profession == attributes.profession else {
                throw ImageFolderError.badValue(
                    table: folder.tablePath, line: entry.line, column: ImageFolder.textColumn,
                    value: String(entry.text.prefix(60)),
                    expected:
                        "a caption of the profession, such as \"\(Caption(attributes.profession))\""
                )
            }
            let member = PopulationMember(
                picture: try folder.picture(of: entry), text: entry.text, attributes: attributes,
                confidence: confidence)
            if isWinner { winners.append(member) } else { losers.append(member) }
        }
        self.init(winners: winners, losers: losers)
    }

    /// Saves the pair as a folder, which appears whole or not at all.
    ///
    /// A pair that was saved there before is replaced; any other contents stop the saving.
    ///
    /// - Throws: `ImageFolderError.occupied` or `.unwritable`, or `StoredFileError`.
    public func save(to path: String) throws {
        try ImageFolder.save(
            Self.contents(winners, "winner") + Self.contents(losers, "loser"),
            columns: Self.columns, to: path, replaceable: Self.folders)
    }

    private static func contents(
        _ members: [PopulationMember], _ population: String
    ) -> [(entry: ImageFolder.Entry, picture: Picture)] {
        members.enumerated().map { index, member in
            let number = String(index)
            let name = String(repeating: "0", count: max(0, 5 - number.count)) + number
            let entry = ImageFolder.Entry(
                fileName: "\(population)s/\(name).png", text: member.text,
                attributes: [
                    "population": population, "profession": member.attributes.profession.name,
                    "gender": member.attributes.gender.name, "tone": member.attributes.tone.name,
                    "confidence": "\(member.confidence)",
                ])
            return (entry, member.picture)
        }
    }

    private static func names<Value: RawRepresentable<String>>(_ values: [Value]) -> String {
        values.map(\.rawValue).joined(separator: ", ")
    }
}
