import PlainTOML
import TerminalKit

/// Where on the screen a key is pressed; a key may mean one thing in each place.
public enum KeyContext: String, CaseIterable, Sendable {
    case everywhere = "In every view"
    case board = "Dashboard"
    case curves = "Curves"
    case compare = "Compare"
    case fields = "Fields"
    case population = "Population"
    case sessions = "Sessions"
    case log = "Log"
    case help = "Help"
    case palette = "Command palette"
    case themes = "Theme picker"
    case export = "Export"
    case text = "Typing"
    case quantities = "List of quantities"
    case quitDialog = "Quit dialog"
    case stopping = "While the engine saves"
    case engineLost = "When the engine is gone"
    case confirmation = "Questions"
    case opening = "Opening another session"
    case recipes = "Choosing a recipe"
    case form = "Filling in a recipe"
}

extension KeyContext {
    /// Whether it is a view, where the keys that work everywhere work too.
    public var isView: Bool {
        BenchView.allCases.contains { $0.keyContext == self }
    }
}

/// One row of the key table: which keys do what, where, and in which words.
public struct KeyBinding: Sendable {
    /// Where the keys work.
    public var context: KeyContext
    /// The keys; the first is the one that hints name.
    public var keys: [Key]
    /// What they do.
    public var action: BenchAction
    /// One or two words for the hint line; nil keeps the key out of it.
    public var hint: String?
    /// A sentence for help and README.
    public var explanation: String

    /// The views in which it stands before the view's own, though it works everywhere.
    public var leads: Set<KeyContext> = []

    /// Makes a row of the table.
    public init(
        _ context: KeyContext, _ keys: [Key], _ action: BenchAction, hint: String? = nil,
        _ explanation: String
    ) {
        self.context = context
        self.keys = keys
        self.action = action
        self.hint = hint
        self.explanation = explanation
    }
}

/// The table of keys: dispatch, hint line, help screen and README all come from it.
public struct KeyTable: Sendable {
    /// A key that means two things in one place.
    public struct Conflict: Sendable, Equatable {
        /// The place.
        public var context: KeyContext
        /// The key.
        public var key: Key
        /// Everything it is claimed for, the first of which it does.
        public var actions: [BenchAction]

        package init(context: KeyContext, key: Key, actions: [BenchAction]) {
            self.context = context
            self.key = key
            self.actions = actions
        }
    }

    /// The rows in the order in which help shows them.
    public let bindings: [KeyBinding]
    private let actions: [KeyContext: [Key: BenchAction]]

    /// Makes a table of rows; where rows conflict, the first one wins.
    public init(_ bindings: [KeyBinding]) {
        self.bindings = bindings
        var actions: [KeyContext: [Key: BenchAction]] = [:]
        for binding in bindings {
            for key in binding.keys {
                actions[binding.context, default: [:]].merge([key: binding.action]) { old, _ in old
                }
            }
        }
        self.actions = actions
    }

    /// What a key does in a place; views fall back on what works everywhere.
    public func action(for key: Key, in context: KeyContext) -> BenchAction? {
        actions[context]?[key]
            ?? (context.isView ? actions[.everywhere]?[key] : nil)
    }

    /// Every key that two rows of one place claim.
    public func conflicts() -> [Conflict] {
        var claims: [KeyContext: [Key: [BenchAction]]] = [:]
        for binding in bindings {
            for key in binding.keys {
                claims[binding.context, default: [:]][key, default: []].append(binding.action)
            }
        }
        return KeyContext.allCases.flatMap { context in
            (claims[context] ?? [:]).filter { $0.value.count > 1 }
                .map { Conflict(context: context, key: $0.key, actions: $0.value) }
                .sorted { KeyTable.name(of: $0.key) < KeyTable.name(of: $1.key) }
        }
    }

    /// The rows of one place that belong on its hint line.
    public func hints(in context: KeyContext) -> [KeyBinding] {
        let own = bindings.filter { $0.context == context && $0.hint != nil }
        guard context.isView else { return own }
        let shared = bindings.compactMap { binding -> KeyBinding? in
            guard binding.context == .everywhere, binding.hint != nil else { return nil }
            var open = binding
            open.keys = keys(of: binding, in: context)
            return open.keys.isEmpty ? nil : open
        }
        return shared.filter { $0.leads.contains(context) } + own
            + shared.filter { !$0.leads.contains(context) }
    }

    /// The keys of a row that mean the row in a place: a view may have a key of everywhere for
    /// something of its own.
    package func keys(of binding: KeyBinding, in context: KeyContext) -> [Key] {
        guard binding.context == .everywhere, context != .everywhere else { return binding.keys }
        return binding.keys.filter { actions[context]?[$0] == nil }
    }

    /// The first key that does something, by name; empty where none does.
    public func keyName(for action: BenchAction, in context: KeyContext) -> String {
        let binding =
            bindings.first { $0.context == context && $0.action == action }
            ?? bindings.first { $0.context == .everywhere && $0.action == action }
        guard let binding else { return "" }
        return keys(of: binding, in: context).first.map(KeyTable.name(of:)) ?? ""
    }

    /// The names of a row's keys, joined by spaces; rows that help shows as one share a range.
    public func names(of binding: KeyBinding) -> String {
        if case .focusLane(1) = binding.action {
            return range(binding.context, "alt-1…8") {
                if case .focusLane = $0 { true } else { false }
            }
        }
        if case .show(.dashboard) = binding.action {
            return range(binding.context, "1-7") { if case .show = $0 { true } else { false } }
        }
        return binding.keys.map(KeyTable.name(of:)).joined(separator: " ")
    }

    /// A range where the keys are the standard ones, all of them one by one where they are not.
    private func range(
        _ context: KeyContext, _ text: String, _ belongs: (BenchAction) -> Bool
    ) -> String {
        func keys(_ rows: [KeyBinding]) -> [[Key]] {
            rows.filter { $0.context == context && belongs($0.action) }.map(\.keys)
        }
        let own = keys(bindings)
        guard own != keys(KeyTable.standardBindings) else { return text }
        return own.joined().map(KeyTable.name(of:)).joined(separator: " ")
    }

    /// The rows that help and README show: the eight lane keys count as one.
    public func shownBindings(in context: KeyContext) -> [KeyBinding] {
        bindings.filter { binding in
            guard binding.context == context else { return false }
            if case .focusLane(let number) = binding.action { return number == 1 }
            if case .show(let view) = binding.action { return view == .dashboard }
            return true
        }
    }

    /// The table as Markdown, one section a place, as the README has it.
    public func markdown() -> String {
        KeyContext.allCases.compactMap { context -> String? in
            let rows = shownBindings(in: context).map { binding in
                let keys = (names(of: binding).split(separator: " ")).map { "`\($0)`" }
                return "| \(keys.joined(separator: " ")) | \(binding.explanation) |"
            }
            guard !rows.isEmpty else { return nil }
            let head = ["### \(context.rawValue)", "", "| key | what it does |", "|---|---|"]
            return (head + rows).joined(separator: "\n")
        }.joined(separator: "\n\n") + "\n"
    }

    /// The table as aligned lines, one section a place.
    public func plainText() -> String {
        KeyContext.allCases.compactMap { context -> String? in
            let rows = shownBindings(in: context).map { binding in
                TextLayout.padded(names(of: binding), to: 22) + "  " + binding.explanation
            }
            return rows.isEmpty ? nil : ([context.rawValue] + rows).joined(separator: "\n")
        }.joined(separator: "\n\n") + "\n"
    }

    /// The table as a `keys.toml` to start from: every row with its keys, commented out.
    public func toml() -> String {
        let head = """
            # Keys of the workbench. Take the # off a line and change its keys; what is left out
            # stays as it is. An empty list takes all keys from an action. Keys: a character, space,
            # enter, escape, tab, shift-tab, backspace, up, down, left, right, home, end, page-up,
            # page-down, insert, delete, f1 to f63, ctrl-x, alt-x.
            """
        let places = KeyContext.allCases.compactMap { context -> String? in
            let rows = bindings.filter { $0.context == context }
            guard !rows.isEmpty else { return nil }
            let lines = rows.map { binding in
                "# \(binding.explanation)\n# \(binding.action.name) = "
                    + TOMLText.array(binding.keys.map(\.description))
            }
            return "[\(context.name)]\n" + lines.joined(separator: "\n")
        }
        return ([head] + places).joined(separator: "\n\n") + "\n"
    }

    /// What a key is called on the screen.
    public static func name(of key: Key) -> String {
        // The one name that a hint line has no room for.
        key == .escape ? "esc" : key.description
    }
}
