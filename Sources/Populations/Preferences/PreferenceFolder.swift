import Foundation
import Pictures

/// The columns of a folder of pairs.
private enum Column {
    static let caption = ["caption", "text"]
    static func image(_ side: Int) -> [String] { ["jpg_\(side)", "image_\(side)"] }
    static func label(_ side: Int) -> String { "label_\(side)" }
    static let hasLabel = "has_label"
    static let ratings = ["match", "fidelity", "taste"]
    static func rating(_ name: String, _ side: Int) -> String { "\(name)_\(side)" }
    static func score(_ side: Int) -> String { "score_\(side)" }
}

extension PreferencePairs {
    private static let folders: Set<String> = ["metadata.csv", "pairs"]

    /// Loads pairs from their folder.
    ///
    /// `image_0` and `image_1` are read for `jpg_0` and `jpg_1`, and `text` for `caption`. Further
    /// columns are passed over. Lines whose `has_label` is false are counted and left out.
    ///
    /// - Throws: `ImageFolderError` with the table and the line, or `StoredFileError`.
    public init(loading path: String) throws {
        let folder = StoredFolder.plain(path)
        let (records, table) = try MetadataTable.records(of: folder, required: [])
        var pairs: [PreferencePair] = []
        var unlabelled = 0
        for record in records {
            let row = PreferenceRow(record, table: table, folder: folder)
            guard try row.hasLabel else {
                unlabelled += 1
                continue
            }
            pairs.append(try row.pair())
        }
        self.init(pairs: pairs, unlabelled: unlabelled)
    }

    /// Saves the pairs as a folder, which appears whole or not at all.
    ///
    /// Pairs that were saved there before are replaced; any other contents stop the saving.
    ///
    /// - Parameter rater: whose scores are written beside the ratings.
    /// - Throws: `ImageFolderError.occupied` or `.unwritable`, or `StoredFileError`.
    public func save(to path: String, rater: Rater) throws {
        var header = [Column.caption[0]]
        for side in 0...1 { header.append(Column.image(side)[0]) }
        for side in 0...1 { header.append(Column.label(side)) }
        for side in 0...1 {
            header += Column.ratings.map { Column.rating($0, side) } + [Column.score(side)]
        }
        var rows = [header]
        for (index, pair) in pairs.enumerated() {
            let sides = [pair.first, pair.second]
            rows.append(
                [pair.caption] + (0...1).map { Self.fileName(index, side: $0) }
                    + sides.map { $0.label == 0.5 ? "0.5" : $0.label == 1 ? "1" : "0" }
                    + sides.flatMap { side -> [String] in
                        guard let rating = side.rating else { return ["", "", "", ""] }
                        return [rating.match, rating.fidelity, rating.taste, rater.score(rating)]
                            .map { "\($0)" }
                    })
        }
        try StoredFolder.replace(path, replaceable: Self.folders) { folder in
            for (index, pair) in pairs.enumerated() {
                for (side, rated) in [pair.first, pair.second].enumerated() {
                    try folder.write(rated.picture.png(), to: Self.fileName(index, side: side))
                }
            }
            // The table last: a folder without it is plainly unfinished.
            try folder.write(Array(CommaSeparated.text(of: rows).utf8), to: "metadata.csv")
        }
    }

    private static func fileName(_ pair: Int, side: Int) -> String {
        let number = String(pair)
        return
            "pairs/\(String(repeating: "0", count: max(0, 5 - number.count)))\(number)_\(side).png"
    }
}

/// One line of the table.
private struct PreferenceRow {
    let line: Int
    let values: [String: String]
    let table: String
    let folder: String

    init(_ record: MetadataTable.Record, table: String, folder: String) {
        (line, values) = (record.line, record.values)
        (self.table, self.folder) = (table, folder)
    }

    private func bad(_ column: String, _ expected: String) -> ImageFolderError {
        .badValue(
            table: table, line: line, column: column,
            value: String((values[column] ?? "").prefix(60)), expected: expected)
    }

    /// The first of some columns that the table has, with its value.
    private func value(_ columns: [String]) throws -> (column: String, text: String) {
        for column in columns { if let text = values[column] { return (column, text) } }
        throw ImageFolderError.missingColumn(table: table, line: line, column: columns[0])
    }

    var hasLabel: Bool {
        get throws {
            guard let text = values[Column.hasLabel] else { return true }
            switch text.lowercased() {
            case "true", "1", "1.0": return true
            case "false", "0", "0.0": return false
            default: throw bad(Column.hasLabel, "true or false")
            }
        }
    }

    func pair() throws -> PreferencePair {
        let caption = try value(Column.caption)
        guard !caption.text.allSatisfy(\.isWhitespace) else {
            throw bad(caption.column, "what both pictures were drawn for")
        }
        let labels = try (0...1).map { side -> Double in
            let (column, text) = try value([Column.label(side)])
            guard let label = Double(text), [0, 0.5, 1].contains(label) else {
                throw bad(column, "1 for the preferred picture, 0 for the other, or 0.5 for both")
            }
            return label
        }
        guard labels[0] + labels[1] == 1 else {
            throw bad(Column.label(1), "a label that adds up to 1 with \(Column.label(0))")
        }
        let sides = try (0...1).map { side in
            RatedPicture(picture: try picture(side), label: labels[side], rating: try rating(side))
        }
        guard sides[0].picture.width == sides[1].picture.width,
            sides[0].picture.height == sides[1].picture.height
        else {
            throw ImageFolderError.badPicture(
                table: table, line: line, reason: "the two pictures are not of one size")
        }
        return PreferencePair(caption: caption.text, first: sides[0], second: sides[1])
    }

    private func picture(_ side: Int) throws -> Picture {
        let name = try value(Column.image(side)).text
        let file = try ImageFolder.file(named: name, in: folder, table: table, line: line)
        do {
            return try Picture(readingPNG: file)
        } catch {
            throw ImageFolderError.badPicture(table: table, line: line, reason: "\(error)")
        }
    }

    /// All three numbers of a side, or none.
    private func rating(_ side: Int) throws -> Rating? {
        let columns = Column.ratings.map { Column.rating($0, side) }
        if columns.allSatisfy({ (values[$0] ?? "").isEmpty }) { return nil }
        let numbers = try columns.map { column in
            guard let text = values[column], let number = Double(text), (0...1).contains(number)
            else { throw bad(column, "a number from 0 to 1, or all three of a picture left empty") }
            return number
        }
        return Rating(match: numbers[0], fidelity: numbers[1], taste: numbers[2])
    }
}
