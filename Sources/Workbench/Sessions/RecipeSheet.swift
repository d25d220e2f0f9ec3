/// A recipe laid out to be filled in: every key with its value, default and explanation.
public struct RecipeSheet: Sendable, Equatable {
    /// What it is filled in for.
    public enum Purpose: Sendable, Equatable {
        /// A session that begins with this recipe.
        case new
        /// A fork that changes one lane; the lane to begin with.
        case forkLane(String?)
        /// A fork that may change everything.
        case forkWhole
    }

    /// What it is filled in for.
    public var purpose: Purpose
    /// The session or recipe that it comes from.
    public var origin: SessionPlace
    /// The rows, in the order of the file.
    public var rows: [RecipeRow]
    /// The steps that a fork may begin at, newest first; the base model, 0, among them.
    public var checkpoints: [Int]
    /// A name that no session has.
    public var name: String

    /// A sheet with every field given.
    public init(
        purpose: Purpose, origin: SessionPlace, rows: [RecipeRow], checkpoints: [Int] = [],
        name: String
    ) {
        self.purpose = purpose
        self.origin = origin
        self.rows = rows
        self.checkpoints = checkpoints
        self.name = name
    }

    /// The names of the lanes as they were read, in order.
    var laneNames: [String] { rows.filter { $0.lane != nil && $0.key == "name" }.map(\.initial) }
}

/// One key of a recipe.
public struct RecipeRow: Sendable, Equatable {
    /// The section without brackets.
    public var section: String
    /// The lane's place in the recipe; nil outside of lanes.
    public var lane: Int?
    /// The key.
    public var key: String
    /// What stands there now, a text without its quotes; empty leaves the key out.
    public var value: String
    /// What stood there when the recipe was read.
    public var initial: String
    /// What it is when it is left out.
    public var defaultValue: String
    /// Whether the value is a text, which the file has in quotes.
    public var isText: Bool
    /// What the key does and why the default is what it is.
    public var reason: String
    /// What may stand there.
    public var expected: String
    /// The words that may stand there; empty where it is no choice.
    public var choices: [String]

    /// A row with every field given; line breaks in the value become blanks.
    public init(
        section: String, lane: Int? = nil, key: String, value: String, defaultValue: String = "",
        isText: Bool = false, reason: String = "", expected: String = "", choices: [String] = []
    ) {
        self.section = section
        self.lane = lane
        self.key = key
        self.value = value.split { $0.isNewline || $0 == " " }.joined(separator: " ")
        initial = self.value
        self.defaultValue = defaultValue.split { $0.isNewline || $0 == " " }.joined(separator: " ")
        self.isText = isText
        self.reason = reason
        self.expected = expected
        self.choices = choices
    }

    /// Whether somebody has changed it.
    var isChanged: Bool { value != initial }
}

/// Rows written as a recipe's text.
struct RecipeText {
    /// The text.
    private(set) var text = ""
    private var line = 0
    private var section: (name: String, group: Int)?
    private var places: [Int: Int] = [:]

    /// Appends a row; rows of one group stand in one table.
    ///
    /// - Parameters:
    ///   - place: the row's place in the sheet, by which a problem's line finds it again.
    ///   - group: tells the tables of lanes apart.
    mutating func add(_ row: RecipeRow, value: String, group: Int, place: Int) {
        if section == nil || section! != (row.section, group) {
            section = (row.section, group)
            append(row.lane == nil ? "[\(row.section)]" : "[[\(row.section)]]", place)
        }
        guard !value.isEmpty else { return }
        append("\(row.key) = \(row.isText ? RecipeText.quoted(value) : value)", place)
    }

    /// The row that a line came from.
    func row(atLine line: Int) -> Int? { places[line] }

    private mutating func append(_ text: String, _ place: Int) {
        line += 1
        places[line] = place
        self.text += text + "\n"
    }

    /// A text as TOML has it: a basic string.
    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value):
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
