/// The tables of a text under way: TOML lets a table be added to, but not from everywhere.
final class TOMLTree {
    /// How a table came about, which decides who may add to it.
    enum Origin {
        /// The root, or by its own header.
        case header
        /// As the parent of a header: may still get a header of its own.
        case parent
        /// By a dotted key: more dotted keys may follow, a header may not.
        case dotted
        /// In braces: complete.
        case inline
    }

    /// What a key has under way.
    enum Node {
        case value(TOMLValue)
        case table(TOMLTree)
        /// `[[name]]`, once or more often.
        case tables(Elements)
    }

    /// The tables of one `[[name]]`: an object, so that adding the next one copies none.
    final class Elements {
        var trees: [TOMLTree]

        init(trees: [TOMLTree]) { self.trees = trees }
    }

    let line: Int
    private(set) var origin: Origin
    private var nodes: [String: (line: Int, node: Node)] = [:]

    init(line: Int, origin: Origin) {
        self.line = line
        self.origin = origin
    }

    /// The finished table.
    var table: TOMLTable {
        TOMLTable(
            line: line,
            entries: nodes.mapValues { entry in
                switch entry.node {
                case .value(let value): .init(line: entry.line, value: value)
                case .table(let tree): .init(line: entry.line, value: .table(tree.table))
                case .tables(let known):
                    .init(line: entry.line, value: .array(known.trees.map { .table($0.table) }))
                }
            })
    }

    /// Gives a key, dotted or not, its value.
    func set(_ path: [String], to value: TOMLValue, line: Int) throws(TOMLError) {
        var tree = self
        for part in path.dropLast() {
            switch tree.nodes[part]?.node {
            case nil:
                let next = TOMLTree(line: line, origin: .dotted)
                tree.nodes[part] = (line, .table(next))
                tree = next
            case .table(let next) where next.origin == .dotted: tree = next
            default: throw tree.taken(part, line: line)
            }
        }
        let last = path[path.count - 1]
        guard tree.nodes[last] == nil else { throw tree.taken(last, line: line) }
        tree.nodes[last] = (line, .value(value))
    }

    /// Opens the table of a header, `[a.b]` or `[[a.b]]`, from the root.
    func open(_ path: [String], isArray: Bool, line: Int) throws(TOMLError) -> TOMLTree {
        var tree = self
        for part in path.dropLast() {
            switch tree.nodes[part]?.node {
            case nil:
                let next = TOMLTree(line: line, origin: .parent)
                tree.nodes[part] = (line, .table(next))
                tree = next
            case .table(let next) where next.origin != .inline: tree = next
            case .tables(let known): tree = known.trees[known.trees.count - 1]
            default: throw tree.taken(part, line: line)
            }
        }
        let last = path[path.count - 1]
        let opened = TOMLTree(line: line, origin: .header)
        switch (tree.nodes[last]?.node, isArray) {
        case (nil, false): tree.nodes[last] = (line, .table(opened))
        case (nil, true): tree.nodes[last] = (line, .tables(Elements(trees: [opened])))
        case (.tables(let known), true): known.trees.append(opened)
        case (.table(let known), false) where known.origin == .parent:
            known.origin = .header
            return known
        default: throw tree.taken(last, line: line)
        }
        return opened
    }

    private func taken(_ key: String, line: Int) -> TOMLError {
        let first = nodes[key].map { ", first in line \($0.line)" } ?? ""
        return TOMLError(
            line: line, reason: "\(TOMLText.quoted(String(key.prefix(60)))) again\(first)")
    }
}
