import Foundation
import Pictures

/// A folder of pictures and captions in Hugging Face's imagefolder convention.
///
/// The folder holds PNG files and `metadata.csv` (RFC 4180) or `metadata.jsonl` with `file_name`,
/// `text` and any further columns. Reading checks the whole table and that every file is there;
/// pictures are decoded when asked for.
public struct ImageFolder: Sendable {
    /// One picture's line in the table.
    public struct Entry: Sendable, Equatable {
        /// The picture's path inside the folder.
        public let fileName: String
        /// The caption.
        public let text: String
        /// The further columns, by name.
        public let attributes: [String: String]
        /// The line of the table, from 1; 0 in an entry that was never read.
        public let line: Int

        /// Makes a line of a table that is to be written.
        public init(fileName: String, text: String, attributes: [String: String] = [:]) {
            self.init(fileName: fileName, text: text, attributes: attributes, line: 0)
        }

        init(fileName: String, text: String, attributes: [String: String], line: Int) {
            (self.fileName, self.text) = (fileName, text)
            (self.attributes, self.line) = (attributes, line)
        }
    }

    /// The most pictures a folder may have.
    public static let mostEntries = 1_000_000
    /// The largest table that is read, in bytes.
    public static let mostTableBytes = 1 << 28
    /// The columns that every table has.
    public static let fileNameColumn = "file_name"
    /// The column of captions.
    public static let textColumn = "text"

    /// Where the folder is.
    public let path: String
    /// The table's path.
    public let tablePath: String
    /// The pictures in the table's order.
    public let entries: [Entry]

    /// Reads and checks a folder's table.
    ///
    /// - Throws: `ImageFolderError` with the table and the line, or `StoredFileError`.
    public init(reading path: String) throws {
        let path = StoredFolder.plain(path)
        let (records, tablePath) = try MetadataTable.records(
            of: path, required: [Self.fileNameColumn, Self.textColumn])
        self.path = path
        self.tablePath = tablePath
        entries = try Self.entries(of: records, folder: path, table: tablePath)
    }

    /// Decodes a picture at its own size.
    ///
    /// - Throws: `ImageFolderError.badPicture`, with the line and the decoder's reason.
    public func picture(of entry: Entry) throws -> Picture {
        do {
            return try Picture(readingPNG: "\(path)/\(entry.fileName)")
        } catch {
            throw ImageFolderError.badPicture(
                table: tablePath, line: entry.line, reason: "\(error)")
        }
    }

    /// Decodes a picture as a square, its middle cut out and resampled where it has another size.
    ///
    /// - Throws: `ImageFolderError.badPicture`, with the line and the decoder's reason.
    public func squarePicture(of entry: Entry, side: Int = EmojiPeople.side) throws -> Picture {
        try picture(of: entry).centredSquare(side: side)
    }

    /// Saves pictures and their table as a new folder, which appears whole or not at all.
    ///
    /// - Parameters:
    ///   - contents: the pictures with their lines; file names lie inside the folder.
    ///   - columns: the further columns in the order to write them; a line that lacks one leaves
    ///     the field empty.
    ///   - path: the folder to make. It may exist when it is empty, or when all that it holds is
    ///     named in `replaceable`.
    ///   - replaceable: names in an existing folder that may be destroyed.
    /// - Throws: `ImageFolderError.occupied`, `.unwritable` or `.outside`, or `StoredFileError`.
    public static func save(
        _ contents: [(entry: Entry, picture: Picture)], columns: [String] = [], to path: String,
        replaceable: Set<String> = []
    ) throws {
        let header = [fileNameColumn, textColumn] + columns
        var rows = [header]
        var taken: [String: Int] = [:]
        for (index, item) in contents.enumerated() {
            let name = item.entry.fileName
            let table = "\(path)/metadata.csv"
            guard isInside(name), name != "metadata.csv" else {
                throw ImageFolderError.outside(table: table, line: index + 2, fileName: name)
            }
            if let first = taken.updateValue(index + 2, forKey: name) {
                throw ImageFolderError.duplicate(
                    table: table, line: index + 2, firstLine: first, fileName: name)
            }
            rows.append([name, item.entry.text] + columns.map { item.entry.attributes[$0] ?? "" })
        }
        try StoredFolder.replace(path, replaceable: replaceable) { folder in
            for item in contents {
                try folder.write(item.picture.png(), to: item.entry.fileName)
            }
            // The table last: a folder without it is plainly unfinished.
            try folder.write(Array(CommaSeparated.text(of: rows).utf8), to: "metadata.csv")
        }
    }

    private static func entries(
        of records: [MetadataTable.Record], folder: String, table: String
    ) throws -> [Entry] {
        var lines: [String: Int] = [:]
        return try records.map { record in
            var values = record.values
            guard let name = values.removeValue(forKey: fileNameColumn), !name.isEmpty else {
                throw ImageFolderError.missingColumn(
                    table: table, line: record.line, column: fileNameColumn)
            }
            guard let text = values.removeValue(forKey: textColumn) else {
                throw ImageFolderError.missingColumn(
                    table: table, line: record.line, column: textColumn)
            }
            _ = try file(named: name, in: folder, table: table, line: record.line)
            if let first = lines.updateValue(record.line, forKey: name) {
                throw ImageFolderError.duplicate(
                    table: table, line: record.line, firstLine: first, fileName: name)
            }
            return Entry(fileName: name, text: text, attributes: values, line: record.line)
        }
    }

    /// The path of a file that a line names, which has to be there and inside the folder.
    static func file(
        named name: String, in folder: String, table: String, line: Int
    ) throws -> String {
        guard isInside(name) else {
            throw ImageFolderError.outside(table: table, line: line, fileName: name)
        }
        let file = "\(folder)/\(name)"
        guard FileManager.default.fileExists(atPath: file) else {
            throw ImageFolderError.missingPicture(table: table, line: line, fileName: name)
        }
        // A link inside the folder may lead anywhere.
        let root = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
        let real = URL(fileURLWithPath: file).resolvingSymlinksInPath().path
        guard real.hasPrefix(root == "/" ? root : root + "/") else {
            throw ImageFolderError.outside(table: table, line: line, fileName: name)
        }
        return file
    }

    /// Whether a path names something below the folder it starts from.
    private static func isInside(_ name: String) -> Bool {
        let parts = name.utf8.split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return !name.utf8.contains(0)
            && parts.allSatisfy {
                !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8)
            }
    }
}
