import Foundation
import Pictures

/// The two forms in which an image folder's table comes.
enum MetadataTable {
    struct Record {
        let line: Int
        var values: [String: String]
    }

    /// Reads the one table of a folder, in whichever form it is there.
    ///
    /// - Parameter required: columns that a header has to have, if only the header is there.
    static func records(
        of folder: String, required: [String]
    ) throws -> (records: [Record], table: String) {
        StoredFolder.recover(folder)
        let candidates = ["\(folder)/metadata.csv", "\(folder)/metadata.jsonl"]
        let present = candidates.filter { FileManager.default.fileExists(atPath: $0) }
        guard let table = present.first else { throw ImageFolderError.noTable(folder: folder) }
        guard present.count == 1 else { throw ImageFolderError.twoTables(folder: folder) }
        let bytes = try StoredFile.read(table, limit: ImageFolder.mostTableBytes)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ImageFolderError.notText(table: table)
        }
        let records =
            table.hasSuffix(".csv")
            ? try commaSeparated(text, table: table, required: required)
            : try jsonLines(text, table: table)
        guard records.count <= ImageFolder.mostEntries else {
            throw ImageFolderError.tooManyRows(table: table, limit: ImageFolder.mostEntries)
        }
        return (records, table)
    }

    /// Reads a table with a header and one entry a row.
    static func commaSeparated(
        _ text: String, table: String, required: [String]
    ) throws -> [Record] {
        let rows: [CommaSeparated.Row]
        do {
            rows = try CommaSeparated.rows(of: text)
        } catch let fault as CommaSeparated.Fault {
            throw ImageFolderError.malformed(table: table, line: fault.line, reason: fault.reason)
        }
        guard let header = rows.first else {
            throw ImageFolderError.missingColumn(
                table: table, line: 1, column: required.first ?? "caption")
        }
        for column in required where !header.fields.contains(column) {
            throw ImageFolderError.missingColumn(table: table, line: header.line, column: column)
        }
        var seen: Set<String> = []
        for column in header.fields where !seen.insert(column).inserted {
            throw ImageFolderError.malformed(
                table: table, line: header.line, reason: "two columns are named \"\(column)\"")
        }
        return try rows.dropFirst().map { row in
            guard row.fields.count == header.fields.count else {
                throw ImageFolderError.malformed(
                    table: table, line: row.line,
                    reason: "\(row.fields.count) fields under a header of \(header.fields.count)")
            }
            return Record(
                line: row.line,
                values: Dictionary(uniqueKeysWithValues: zip(header.fields, row.fields)))
        }
    }

    /// Reads a table of one JSON object a line.
    static func jsonLines(_ text: String, table: String) throws -> [Record] {
        let decoder = JSONDecoder()
        var records: [Record] = []
        let lines = text.utf8.split(separator: 10, omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            if line.allSatisfy({ $0 == 32 || $0 == 9 || $0 == 13 }) { continue }
            do {
                let object = try decoder.decode([String: Scalar].self, from: Data(line))
                records.append(
                    Record(line: index + 1, values: object.compactMapValues(\.text)))
            } catch let fault as DecodingError {
                throw ImageFolderError.malformed(
                    table: table, line: index + 1, reason: reason(fault))
            }
        }
        return records
    }

    private static func reason(_ fault: DecodingError) -> String {
        guard case .typeMismatch(_, let context) = fault, let key = context.codingPath.last else {
            return "not one JSON object"
        }
        return "\"\(key.stringValue)\" is no string, number or truth value"
    }

    /// A value that fits in a table's field; null is a field that is not there.
    private struct Scalar: Decodable {
        let text: String?

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                text = nil
            } else if let string = try? container.decode(String.self) {
                text = string
            } else if let truth = try? container.decode(Bool.self) {
                text = truth ? "true" : "false"
            } else if let whole = try? container.decode(Int.self) {
                text = String(whole)
            } else {
                text = String(try container.decode(Double.self))
            }
        }
    }
}
