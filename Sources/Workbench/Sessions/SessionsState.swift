import BenchProtocol
import TerminalKit

/// What the person chose in the view of the sessions, and what is known of them.
public struct SessionsState: Sendable {
    /// What the list is sorted by.
    public enum Order: String, CaseIterable, Sendable {
        case saved, name, step, size, fairness
    }

    /// Everything there is; nil until the first answer.
    public internal(set) var contents: SessionShelfContents?
    /// The path of the chosen session, or of the chosen deleted one.
    public internal(set) var chosen: String?
    /// What the list is sorted by.
    public internal(set) var order = Order.saved
    /// Whether the order is turned round.
    public internal(set) var isReversed = false
    /// Only sessions with these words are listed.
    public internal(set) var filter = ""
    /// Whether the deleted sessions are shown in the place of the others.
    public internal(set) var showsTrash = false
    /// Whether the fork in the form is made as soon as the engine has saved.
    var forksAfterSave = false
}

/// What of the sessions lies over a view and takes the keys.
public enum SessionsOverlay: Sendable, Equatable {
    /// Another session is to be opened while this one trains.
    case opening(SessionPlace, starts: Bool)
    /// A recipe is to be chosen; the row chosen so far.
    case recipes(selected: Int)
    /// A recipe is being filled in.
    case form(RecipeForm)
}

extension WorkbenchModel {
    /// The sessions as listed: filtered and sorted.
    package var listedSessions: [SessionCard] {
        let words = shelf.filter.lowercased().split(separator: " ")
        let cards = (shelf.contents?.cards ?? []).filter { card in
            let text = ([card.name, card.notes] + card.tags + card.lanes.map(\.name))
                .joined(separator: " ").lowercased()
            return words.allSatisfy { text.contains($0) }
        }
        func saved(_ card: SessionCard) -> Double { card.lastSaved ?? card.created }
        func unfair(_ card: SessionCard) -> Double {
            let value = card.headline?.discrepancy ?? .infinity
            return value.isFinite ? value : .infinity
        }
        let sorted = cards.sorted { a, b in
            switch shelf.order {
            case .saved: (saved(b), a.name) < (saved(a), b.name)
            case .name: a.name < b.name
            case .step: (b.step, a.name) < (a.step, b.name)
            case .size: (b.bytes, a.name) < (a.bytes, b.name)
            case .fairness: (unfair(a), a.name) < (unfair(b), b.name)
            }
        }
        return shelf.isReversed ? sorted.reversed() : sorted
    }

    /// The deleted sessions, the newest first.
    package var listedTrash: [TrashedCard] { shelf.contents?.trash ?? [] }

    /// The paths of the rows shown, top to bottom.
    private var listedPaths: [String] {
        shelf.showsTrash ? listedTrash.map(\.path) : listedSessions.map(\.path)
    }

    /// The row chosen; nil where nothing is listed.
    package var chosenSessionRow: Int? {
        let paths = listedPaths
        guard !paths.isEmpty else { return nil }
        return shelf.chosen.flatMap { paths.firstIndex(of: $0) } ?? 0
    }

    /// The session chosen; nil in the trash and where there is none.
    package var chosenSession: SessionCard? {
        guard !shelf.showsTrash, let row = chosenSessionRow else { return nil }
        return listedSessions[row]
    }

    /// The deleted session chosen.
    var chosenTrash: TrashedCard? {
        guard shelf.showsTrash, let row = chosenSessionRow else { return nil }
        return listedTrash[row]
    }

    /// Whether a session is the one on the screen.
    package func isOpen(_ card: SessionCard) -> Bool { card.path == sessionFolder }

    /// Chooses the row at an index, or the nearest there is.
    mutating func chooseSession(row: Int) {
        let paths = listedPaths
        guard !paths.isEmpty else { return }
        shelf.chosen = paths[min(max(0, row), paths.count - 1)]
    }
}
