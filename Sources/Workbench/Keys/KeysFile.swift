import PlainTOML
import TerminalKit

/// Something in `keys.toml` that is not as it should be, and where.
public struct KeysProblem: Sendable, Equatable, CustomStringConvertible {
    /// The file.
    public let file: String
    /// The line, from 1; nil when the whole file is meant.
    public let line: Int?
    /// What was found and what to do.
    public let problem: String

    /// Makes a report.
    public init(file: String, line: Int?, problem: String) {
        self.file = file
        self.line = line
        self.problem = problem
    }

    /// One line: file, line and problem.
    public var description: String {
        (line.map { "\(file):\($0): " } ?? "\(file): ") + problem
    }
}

extension KeyTable {
    /// The standard keys with what a `keys.toml` changes, and everything in it that is wrong.
    ///
    /// A table for each place (`[everywhere]`, `[dashboard]`, `[curves]`, ...) gives actions lists of
    /// keys in place of the standard ones. What cannot be read changes nothing; a key that another
    /// action of the place has by default goes to the action that the file names, and is reported;
    /// no place is left without a way out.
    ///
    /// - Parameter file: the name in reports.
    public static func read(_ text: String, file: String) -> (table: KeyTable, [KeysProblem]) {
        var reader = KeysReader(file: file)
        let root: TOMLTable
        do {
            root = try TOMLParser.parse(text)
        } catch {
            let problem = KeysProblem(
                file: file, line: error.line, problem: "not TOML: \(error.reason)")
            return (.standard, [problem])
        }
        for (key, value) in root.inOrder { reader.readPlace(key, value, root.line(of: key)) }
        reader.settle()
        return (
            KeyTable(reader.bindings), reader.problems.sorted { ($0.line ?? 0) < ($1.line ?? 0) }
        )
    }
}

/// Applies the tables of a `keys.toml` to the standard rows, one after the other.
private struct KeysReader {
    /// A key that the file itself gave away.
    private struct Claim: Hashable {
        let context: KeyContext
        let key: Key
    }

    let file: String
    private(set) var bindings = KeyTable.standardBindings
    private(set) var problems: [KeysProblem] = []
    private var claims: [Claim: (action: BenchAction, line: Int)] = [:]

    init(file: String) { self.file = file }

    private mutating func complain(_ line: Int, _ problem: String) {
        problems.append(KeysProblem(file: file, line: line, problem: problem))
    }

    mutating func readPlace(_ name: String, _ value: TOMLValue, _ line: Int) {
        let known = KeyContext.allCases.map(\.name)
        guard let context = KeyContext.allCases.first(where: { $0.name == name }) else {
            let near = Spelling.nearest(to: name, among: known).map { " (\($0)?)" } ?? ""
            return complain(
                line,
                "no place is called \(TOMLText.quoted(clipped(name)))\(near); there are "
                    + known.joined(separator: ", "))
        }
        guard case .table(let table) = value else {
            return complain(line, "\(name): expected a table [\(name)], found \(value.described)")
        }
        for (action, keys) in table.inOrder {
            readRow(action, keys, in: context, table.line(of: action))
        }
    }

    private mutating func readRow(
        _ name: String, _ value: TOMLValue, in context: KeyContext, _ line: Int
    ) {
        guard let action = action(name, in: context) else {
            let known = names(in: context)
            let near = Spelling.nearest(to: name, among: known).map { "; did you mean \($0)?" }
            return complain(
                line,
                "[\(context.name)] has no action \(TOMLText.quoted(clipped(name)))"
                    + (near ?? "; popbench keys --toml lists them"))
        }
        guard let keys = keys(value, of: name, in: context, line) else { return }
        assign(keys, to: action, in: context, line)
    }

    private func names(in context: KeyContext) -> [String] {
        let places = context.isView ? [context, .everywhere] : [context]
        return bindings.filter { places.contains($0.context) }.map(\.action.name)
    }

    private func action(_ name: String, in context: KeyContext) -> BenchAction? {
        let places = context.isView ? [context, .everywhere] : [context]
        return places.lazy.compactMap { place in
            bindings.first { $0.context == place && $0.action.name == name }?.action
        }.first
    }

    private mutating func keys(
        _ value: TOMLValue, of name: String, in context: KeyContext, _ line: Int
    ) -> [Key]? {
        let values: [TOMLValue]
        switch value {
        case .array(let several): values = several
        case .string: values = [value]
        default:
            complain(
                line,
                "\(name): expected a key such as \"s\" or a list of keys, found "
                    + value.described)
            return nil
        }
        var keys: [Key] = []
        for value in values {
            guard case .string(let text) = value, let key = Key(name: text) else {
                complain(
                    line,
                    "\(name): \(value.described) is no key; keys are written as s, space, f5, "
                        + "ctrl-s, alt-s, page-up")
                return nil
            }
            if context.takesTyping, case .character = key {
                complain(line, "\(name): letters are typed here; \(key) would be lost to it")
                return nil
            }
            if !keys.contains(key) { keys.append(key) }
        }
        return keys
    }

    private mutating func assign(
        _ keys: [Key], to action: BenchAction, in context: KeyContext, _ line: Int
    ) {
        var given: [Key] = []
        for key in keys {
            let claim = Claim(context: context, key: key)
            if let other = claims[claim], other.action != action {
                complain(
                    line,
                    "\(action.name): \(key) is \(other.action.name)'s already, by line "
                        + "\(other.line)")
                continue
            }
            claims[claim] = (action, line)
            given.append(key)
        }
        if let row = bindings.firstIndex(where: { $0.context == context && $0.action == action }) {
            bindings[row].keys = given
        } else if let row = bindings.first(where: { $0.action == action }) {
            // An action of everywhere with a key of its own in one view.
            bindings.append(
                KeyBinding(context, given, action, hint: row.hint, row.explanation))
        }
    }

    /// Takes given keys from whoever had them by default, and sees to ways out.
    mutating func settle() {
        for index in bindings.indices {
            let binding = bindings[index]
            for key in binding.keys {
                let claim = Claim(context: binding.context, key: key)
                guard let claimed = claims[claim], claimed.action != binding.action else {
                    continue
                }
                bindings[index].keys.removeAll { $0 == key }
                complain(
                    claimed.line,
                    "\(claimed.action.name): \(key) was \(binding.action.name)'s, which "
                        + (bindings[index].keys.isEmpty
                            ? "has no key left: give it another one" : "loses it"))
            }
        }
        for (claim, claimed) in claims where claim.context == .everywhere {
            // What views have for themselves as shipped, they have on purpose.
            let shipped = KeyTable.standardBindings.first {
                $0.context == .everywhere && $0.action == claimed.action
            }
            if shipped?.keys.contains(claim.key) ?? false { continue }
            for binding in bindings
            where binding.context.isView && binding.keys.contains(claim.key) {
                complain(
                    claimed.line,
                    "\(claimed.action.name): in \(binding.context.name), \(claim.key) is "
                        + "\(binding.action.name)'s")
            }
        }
        for context in KeyContext.allCases where !hasWayOut(context) {
            let line = claims.first { $0.key.context == context }?.value.line
            for index in bindings.indices where bindings[index].context == context {
                let action = bindings[index].action
                bindings[index].keys =
                    KeyTable.standardBindings.first {
                        $0.context == context && $0.action == action
                    }?.keys ?? []
            }
            problems.append(
                KeysProblem(
                    file: file, line: line,
                    problem: "[\(context.name)] would have no way out; its standard keys stay"))
        }
    }

    private func hasWayOut(_ context: KeyContext) -> Bool {
        let places = context.isView ? [context, .everywhere] : [context]
        return bindings.contains {
            places.contains($0.context) && $0.action.leaves && !$0.keys.isEmpty
        }
    }

    private func clipped(_ text: String) -> String { String(text.prefix(60)) }
}

extension BenchAction {
    /// Whether it leads out of where one is.
    package var leaves: Bool {
        switch self {
        case .back, .leaveTraining, .quitNow, .askToQuit: true
        default: false
        }
    }
}

/// Finds what somebody may have meant.
package enum Spelling {
    /// The word that differs least, if it differs by no more than a third of its letters.
    package static func nearest(to word: String, among known: [String]) -> String? {
        let scored = known.map { ($0, distance(Array(word.prefix(60)), Array($0))) }
        guard let best = scored.min(by: { $0.1 < $1.1 }), best.1 <= max(1, best.0.count / 3) else {
            return nil
        }
        return best.0
    }

    /// How many letters have to be put in, left out or changed.
    private static func distance(_ a: [Character], _ b: [Character]) -> Int {
        var row = Array(0...b.count)
        for (i, left) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, right) in b.enumerated() {
                let changed = diagonal + (left == right ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(changed, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[b.count]
    }
}
