import TerminalKit

/// A recipe being filled in, for a new session or a fork.
public struct RecipeForm: Sendable, Equatable {
    /// One line of the form.
    package enum Field: Hashable, Sendable {
        /// The new session's name.
        case name
        /// The checkpoint that a fork begins at.
        case step
        /// The lane that a fork changes.
        case lane
        /// Which lanes go on beside the changed one.
        case beside
        /// What the changed lane is called.
        case laneName
        /// A row of the sheet.
        case row(Int)
    }

    /// Which lanes a fork keeps beside the one that it changes.
    package enum Beside: String, CaseIterable, Sendable {
        case original = "the unchanged lane"
        case all = "all other lanes"
        case nothing = "nothing"
    }

    /// What stands in the place of a lane's name when none is changed.
    package static let noLane = "all lanes, unchanged"

    package internal(set) var sheet: RecipeSheet
    package internal(set) var name: String
    package internal(set) var step: Int
    /// The step that the open session stands at, where it is ahead of its last save.
    package internal(set) var ahead: Int?
    /// Whether the fork begins where the open session stands, which is saved when it is made.
    package internal(set) var isNow = false
    /// The lane that is changed; nil changes none.
    package internal(set) var lane: String?
    package internal(set) var beside = Beside.original
    /// What the changed lane is to be called; nil calls it after its first change.
    package internal(set) var laneName: String?
    /// The field that takes the keys.
    package internal(set) var selected = 0
    /// What is being typed into it.
    package internal(set) var input = TextInput()
    /// Whether the next character replaces what stands there.
    package internal(set) var isFresh = true
    /// What is wrong with the form as it stands.
    package internal(set) var problem: RecipeProblem?
    /// The number of the newest draft.
    package internal(set) var ticket = 0
    /// Whether the session is being made.
    package internal(set) var isWaiting = false
    /// Whether leaving was asked for once although something was changed.
    package internal(set) var isLeaving = false

    /// Whether somebody has said where the session ends.
    var isEndTyped = false

    /// A form of a sheet, at the field that is changed first.
    ///
    /// - Parameter ahead: the step of the session to fork, where it is ahead of its last save.
    init(_ sheet: RecipeSheet, ahead: Int? = nil) {
        self.sheet = sheet
        name = sheet.name
        step = sheet.checkpoints.first ?? 0
        if let ahead, sheet.purpose != .new {
            self.ahead = ahead
            (isNow, step) = (true, ahead)
        }
        if case .forkLane(let wanted) = sheet.purpose {
            lane = wanted.flatMap { sheet.laneNames.contains($0) ? $0 : nil }
        }
        raiseEnd()
        select(firstField)
    }

    private var firstField: Int {
        guard case .forkLane = sheet.purpose else { return 0 }
        let fields = self.fields
        func index(_ key: String) -> Int? {
            fields.firstIndex {
                if case .row(let row) = $0 {
                    return sheet.rows[row].key == key && !sheet.rows[row].value.isEmpty
                }
                return false
            }
        }
        guard lane != nil else { return fields.firstIndex(of: .lane) ?? 0 }
        return index("beta") ?? index("learning_rate") ?? 0
    }

    /// The fields, top to bottom.
    package var fields: [Field] {
        let all = sheet.rows.indices
        switch sheet.purpose {
        case .new: return [.name] + rows(all)
        case .forkWhole: return [.name, .step] + rows(all)
        case .forkLane:
            let end = all.filter { isEnd(sheet.rows[$0]) }
            guard let lane, let group = group(of: lane) else {
                return [.lane, .step, .name] + end.map { .row($0) }
            }
            let own = all.filter {
                let row = sheet.rows[$0]
                return row.lane == group && row.key != "name"
                    && !(row.initial.isEmpty && row.value.isEmpty && row.choices.isEmpty)
            }
            // The numbers first: they are what a fork changes most.
            let numbers = own.filter { sheet.rows[$0].choices.isEmpty }
            let words = own.filter { !sheet.rows[$0].choices.isEmpty }
            return [.lane] + (numbers + words).map { .row($0) }
                + [.step, .beside, .laneName, .name] + end.map { .row($0) }
        }
    }

    private func rows(_ all: Range<Int>) -> [Field] {
        // The session's name has a field of its own.
        all.filter { !(sheet.rows[$0].section == "session" && sheet.rows[$0].key == "name") }
            .map { .row($0) }
    }

    func isEnd(_ row: RecipeRow) -> Bool { row.section == "session" && row.key == "steps" }

    func group(of lane: String) -> Int? {
        sheet.rows.first { $0.lane != nil && $0.key == "name" && $0.initial == lane }?.lane
    }

    /// What a field says.
    package func value(_ field: Field) -> String {
        switch field {
        case .name: name
        case .step: isNow ? nowText : "\(step)"
        case .lane: lane ?? RecipeForm.noLane
        case .beside: beside.rawValue
        case .laneName: changedLaneName ?? ""
        case .row(let index): sheet.rows[index].value
        }
    }

    /// The choice to begin where the session stands.
    private var nowText: String { "now (step \(ahead ?? step), saved first)" }

    /// What a field may say; empty where anything can be typed.
    package func choices(_ field: Field) -> [String] {
        switch field {
        case .name, .laneName: []
        case .step: (ahead == nil ? [] : [nowText]) + sheet.checkpoints.map(String.init)
        case .lane: sheet.laneNames + [RecipeForm.noLane]
        case .beside: Beside.allCases.map(\.rawValue)
        case .row(let index): sheet.rows[index].choices
        }
    }

    /// What the changed lane is called; nil when none is changed.
    package var changedLaneName: String? {
        guard let lane, hasLaneChanges else { return nil }
        if beside == .nothing { return laneName ?? lane }
        if let laneName { return laneName }
        guard let group = group(of: lane),
            let change = sheet.rows.first(where: { $0.lane == group && $0.isChanged })
        else { return nil }
        let raw = "\(lane)-\(change.key)-\(change.value.isEmpty ? "none" : change.value)"
        let plain = raw.unicodeScalars.map { scalar -> Character in
            let isPlain =
                ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
                || ("0"..."9").contains(scalar) || "-_.".unicodeScalars.contains(scalar)
            return isPlain ? Character(scalar) : "-"
        }
        // The end says what was changed: the lane's own name gives way to it.
        var base = String(plain.count > 44 ? Array(plain.suffix(44)) : plain)
        base = String(base.drop { "-_.".contains($0) })
        var (name, number) = (base, 1)
        while sheet.laneNames.contains(name) {
            number += 1
            name = "\(base)-\(number)"
        }
        return name
    }

    /// Whether anything of the changed lane is another than it was.
    package var hasLaneChanges: Bool {
        guard let lane, let group = group(of: lane) else { return false }
        return sheet.rows.contains { $0.lane == group && $0.isChanged }
    }

    /// Whether leaving would lose anything.
    var isTouched: Bool {
        sheet.rows.contains { $0.isChanged && !isEnd($0) } || name != sheet.name
    }

    // MARK: The recipe

    /// The recipe as text, with where its lines come from.
    var recipe: RecipeText {
        var text = RecipeText()
        let (changed, lanes) = lanesInOrder
        for (index, row) in sheet.rows.enumerated() where row.lane == nil {
            let isName = row.section == "session" && row.key == "name"
            text.add(row, value: isName ? "" : row.value.trimmed, group: 0, place: index)
        }
        for (position, entry) in lanes.enumerated() {
            for (index, row) in sheet.rows.enumerated() where row.lane == entry.group {
                var value = entry.isChanged ? row.value : row.initial
                if let changed, entry.isChanged, row.key == "name" { value = changed }
                text.add(row, value: value.trimmed, group: position, place: index)
            }
        }
        return text
    }

    private typealias LaneEntry = (group: Int, isChanged: Bool)

    /// The lanes of the session to be: which of the sheet's, changed or as they were.
    private var lanesInOrder: (changedName: String?, lanes: [LaneEntry]) {
        var groups: [Int] = []
        for row in sheet.rows {
            if let lane = row.lane, groups.last != lane { groups.append(lane) }
        }
        guard case .forkLane = sheet.purpose else { return (nil, groups.map { ($0, true) }) }
        guard let lane, let own = group(of: lane), hasLaneChanges else {
            // Nothing changed: the lane alone, or all of them, as they were.
            let alone = lane.flatMap(group(of:)).map { [$0] }
            return (nil, (beside == .all ? groups : alone ?? groups).map { ($0, false) })
        }
        let kept: [LaneEntry] =
            switch beside {
            case .nothing: []
            case .original: [(own, false)]
            case .all: groups.map { ($0, false) }
            }
        return (changedLaneName, kept + [(own, true)])
    }

    /// The session to be, for whoever checks it or makes it.
    var draft: RecipeDraft {
        var origins: [String: String] = [:]
        if case .forkLane = sheet.purpose {
            if let lane, let changed = changedLaneName, changed != lane { origins[changed] = lane }
        } else if step > 0 {
            for row in sheet.rows where row.lane != nil && row.key == "name" && row.isChanged {
                if !row.initial.isEmpty { origins[row.value.trimmed] = row.initial }
            }
        }
        return RecipeDraft(
            ticket: ticket, name: name.trimmed, text: recipe.text,
            source: sheet.purpose == .new ? nil : sheet.origin.path, step: step,
            origins: step > 0 ? origins : [:])
    }
}
