import TerminalKit

extension RecipeForm {
    /// The field that takes the keys.
    package var field: Field {
        let fields = self.fields
        return fields[min(max(0, selected), fields.count - 1)]
    }

    /// Goes to a field.
    mutating func select(_ index: Int) {
        selected = min(max(0, index), fields.count - 1)
        input = TextInput(value(field))
        isFresh = true
        isLeaving = false
    }

    /// Takes a key; true when the recipe has changed.
    mutating func take(_ key: Key) -> Bool {
        isLeaving = false
        let choices = choices(field)
        guard choices.isEmpty else {
            switch key {
            case .left: return cycle(choices, by: -1)
            case .right, .character(" "): return cycle(choices, by: 1)
            default: return false
            }
        }
        let before = input.text
        switch key {
        case .character, .paste:
            if isFresh { input = TextInput() }
        default: break
        }
        guard input.take(key) else { return false }
        isFresh = false
        guard input.text != before else { return false }
        set(field, input.text)
        return true
    }

    private mutating func cycle(_ choices: [String], by offset: Int) -> Bool {
        guard choices.count > 1 else { return false }
        let now = choices.firstIndex(of: value(field)) ?? 0
        let next = choices[(now + offset + choices.count) % choices.count]
        let field = self.field
        set(field, next)
        // Other fields may have come or gone.
        select(fields.firstIndex(of: field) ?? selected)
        return true
    }

    private mutating func set(_ field: Field, _ value: String) {
        switch field {
        case .name: name = value
        case .step:
            isNow = Int(value) == nil
            step = Int(value) ?? ahead ?? step
            raiseEnd()
        case .lane: lane = value == RecipeForm.noLane ? nil : value
        case .beside: beside = Beside(rawValue: value) ?? beside
        case .laneName: laneName = value.isEmpty ? nil : value
        case .row(let index):
            sheet.rows[index].value = value
            if isEnd(sheet.rows[index]) { isEndTyped = true }
        }
    }

    /// Notes that the session to fork has come farther since the form was opened.
    mutating func follow(_ newest: Int) {
        guard let ahead, newest > ahead, !isWaiting else { return }
        self.ahead = newest
        guard isNow else { return }
        step = newest
        raiseEnd()
    }

    /// Begins at a step that has just been saved.
    mutating func begin(atSaved saved: Int) {
        (step, isNow, ahead) = (saved, false, nil)
        if !sheet.checkpoints.contains(saved) { sheet.checkpoints.insert(saved, at: 0) }
        raiseEnd()
    }

    /// Puts a field back to what it is when it is left out.
    mutating func useDefault() {
        switch field {
        case .name: name = sheet.name
        case .laneName: laneName = nil
        case .row(let index): sheet.rows[index].value = sheet.rows[index].defaultValue
        case .step, .lane, .beside: return
        }
        select(selected)
    }

    /// A fork of a session that has come to its end goes on for as long again.
    mutating func raiseEnd() {
        guard sheet.purpose != .new,
            let index = sheet.rows.firstIndex(where: {
                $0.section == "session" && $0.key == "steps"
            }),
            let end = Int(sheet.rows[index].initial), !isEndTyped
        else { return }
        sheet.rows[index].value = "\(end > step ? end : step + end)"
    }

    // MARK: Lanes

    /// The lane whose rows the selected field belongs to.
    var selectedGroup: Int? {
        if case .row(let index) = field { return sheet.rows[index].lane }
        return nil
    }

    /// Puts a copy of the selected lane after it; a copy takes over what the lane has learnt.
    mutating func copyLane() -> Bool {
        guard case .forkLane = sheet.purpose else {
            guard let group = selectedGroup else { return false }
            let own = sheet.rows.filter { $0.lane == group }
            let last = sheet.rows.lastIndex { $0.lane == group } ?? 0
            let fresh = (sheet.rows.compactMap(\.lane).max() ?? 0) + 1
            let names = Set(sheet.rows.filter { $0.lane != nil && $0.key == "name" }.map(\.value))
            let copies = own.map { row -> RecipeRow in
                var copy = row
                copy.lane = fresh
                guard row.key == "name" else { return copy }
                var number = 2
                while names.contains("\(row.value)-\(number)") { number += 1 }
                copy.value = "\(row.value)-\(number)"
                return copy
            }
            sheet.rows.insert(contentsOf: copies, at: last + 1)
            select(fields.firstIndex(of: .row(last + 1)) ?? selected)
            return true
        }
        return false
    }

    /// Takes the selected lane out; the last one stays.
    mutating func removeLane() -> Bool {
        guard sheet.purpose == .new || sheet.purpose == .forkWhole, let group = selectedGroup,
            Set(sheet.rows.compactMap(\.lane)).count > 1
        else { return false }
        sheet.rows.removeAll { $0.lane == group }
        select(selected)
        return true
    }

    // MARK: Problems

    /// Takes over what is wrong; the field to blame is selected when that was asked for.
    mutating func show(_ problem: RecipeProblem?, going: Bool) {
        self.problem = problem
        guard going, let problem, let place = self.place(of: problem) else { return }
        if place != selected { select(place) }
    }

    /// The field that a problem is about.
    package func place(of problem: RecipeProblem) -> Int? {
        let fields = self.fields
        if problem.isName { return fields.firstIndex(of: .name) }
        guard let row = row(of: problem) else { return nil }
        if let place = fields.firstIndex(of: .row(row)) { return place }
        return sheet.rows[row].key == "name" ? fields.firstIndex(of: .laneName) : nil
    }
}
