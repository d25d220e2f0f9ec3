/// What can be wrong with a folder of pictures and its table.
public enum ImageFolderError: Error, Equatable, CustomStringConvertible {
    /// The folder holds neither metadata.csv nor metadata.jsonl.
    case noTable(folder: String)
    /// The folder holds both tables, and they could disagree.
    case twoTables(folder: String)
    /// The table is not UTF-8 text.
    case notText(table: String)
    /// A line of the table breaks the rules of its format.
    case malformed(table: String, line: Int, reason: String)
    /// The table lacks a column, or a line of it lacks the key.
    case missingColumn(table: String, line: Int, column: String)
    /// The table has more lines than are read.
    case tooManyRows(table: String, limit: Int)
    /// A file name leads out of the folder.
    case outside(table: String, line: Int, fileName: String)
    /// A file that the table names is not there.
    case missingPicture(table: String, line: Int, fileName: String)
    /// Two lines name one file.
    case duplicate(table: String, line: Int, firstLine: Int, fileName: String)
    /// A picture cannot be read; the reason is the decoder's.
    case badPicture(table: String, line: Int, reason: String)
    /// A column holds a value that is none of those it can have.
    case badValue(table: String, line: Int, column: String, value: String, expected: String)
    /// The place to save at holds something that saving would destroy.
    case occupied(folder: String, by: String)
    /// The folder cannot be written; what was there before is untouched.
    case unwritable(folder: String, reason: String)

    /// What is wrong, where, and what to do.
    public var description: String {
        switch self {
        case .noTable(let folder):
            "\(folder): holds no metadata.csv or metadata.jsonl; write one with the columns "
                + "file_name and text (of pairs: caption, jpg_0, jpg_1, label_0 and label_1)"
        case .twoTables(let folder):
            "\(folder): holds both metadata.csv and metadata.jsonl; remove one of them"
        case .notText(let table):
            "\(table): not UTF-8 text; save it as UTF-8"
        case .malformed(let table, let line, let reason):
            "\(table):\(line): \(reason)"
        case .missingColumn(let table, let line, let column):
            "\(table):\(line): no \"\(column)\"; every line needs it"
        case .tooManyRows(let table, let limit):
            "\(table): more than \(limit) lines; split the set"
        case .outside(let table, let line, let fileName):
            "\(table):\(line): \"\(fileName)\" leads out of the folder; name a file inside it"
        case .missingPicture(let table, let line, let fileName):
            "\(table):\(line): no file \"\(fileName)\" in the folder"
        case .duplicate(let table, let line, let firstLine, let fileName):
            "\(table):\(line): \"\(fileName)\" is named in line \(firstLine) already"
        case .badPicture(let table, let line, let reason):
            "\(table):\(line): \(reason)"
        case .badValue(let table, let line, let column, let value, let expected):
            "\(table):\(line): \(column) is \"\(value)\"; expected \(expected)"
        case .occupied(let folder, let name):
            "\(folder): holds \"\(name)\", which saving would destroy; choose an empty folder"
        case .unwritable(let folder, let reason):
            "\(folder): cannot be written: \(reason); what was there before is untouched"
        }
    }
}
