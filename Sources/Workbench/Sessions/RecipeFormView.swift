import BenchProtocol
import TerminalKit

/// A recipe being filled in, over the whole view: fields above, the chosen one explained below.
struct RecipeFormView: Drawing {
    let form: RecipeForm
    let model: WorkbenchModel
    let theme: Theme

    func draw(on canvas: inout Canvas, in rect: Rect) {
        let ground = theme.style(for: .dialog)
        let frame = rect.centered(width: min(rect.width, 110), height: rect.height)
        canvas.fill(frame, ground)
        canvas.box(
            frame, title: title, titleRight: form.isWaiting ? "making it …" : "enter makes it",
            style: theme.style(for: .accent).on(ground.background),
            titleStyle: theme.style(for: .title).on(ground.background))
        let inner = frame.inset(horizontally: 2, vertically: 1)
        let foot = min(inner.height / 2, inner.height < 12 ? 3 : 6)
        let (list, notes) = inner.splitBottom(foot)
        drawFields(on: &canvas, in: list)
        drawNotes(on: &canvas, in: notes)
        let below = lines.count - firstLine(in: list) - list.height
        if below > 0, !notes.isEmpty {
            // On the rule between fields and notes: beside a value it would seem a part of it.
            canvas.put(
                " \(below) more below ", rightAlignedTo: notes.maxX - 1, y: notes.y,
                style: theme.style(for: .dim).on(ground.background), maxWidth: notes.width)
        }
    }

    private var title: String {
        switch form.sheet.purpose {
        case .new: "new session from \(form.sheet.origin.name)"
        case .forkLane: "fork \(form.sheet.origin.name)"
        case .forkWhole: "\(form.sheet.origin.name)'s recipe ─ fork or new session"
        }
    }

    // MARK: Fields

    private enum Line {
        case heading(String)
        case note(String)
        case field(Int, RecipeForm.Field)
    }

    private var lines: [Line] {
        var lines: [Line] = []
        var heading = ""
        for (index, field) in form.fields.enumerated() {
            let own = self.heading(of: field)
            if own != heading {
                // What the lane lacks is told where one looks for it: below its settings.
                if index > 0, heading == RecipeFormView.changes, let missing = form.missingSettings
                {
                    lines.append(.note("  " + missing))
                }
                heading = own
                lines.append(.heading(own))
            }
            lines.append(.field(index, field))
        }
        return lines
    }

    private static let changes = "what to change"

    private func heading(of field: RecipeForm.Field) -> String {
        let isFork: Bool = if case .forkLane = form.sheet.purpose { true } else { false }
        switch field {
        case .lane: return RecipeFormView.changes
        case .name, .step, .beside, .laneName: return isFork ? "the fork" : "the session"
        case .row(let index):
            let row = form.sheet.rows[index]
            guard let group = row.lane else { return isFork ? "the fork" : "[\(row.section)]" }
            if isFork { return RecipeFormView.changes }
            let name = form.sheet.rows.first { $0.lane == group && $0.key == "name" }?.value ?? ""
            return "[[lane]] \(name)"
        }
    }

    /// The first line shown: the chosen field is in the middle where there are more than fit.
    private func firstLine(in rect: Rect) -> Int {
        let chosen = lines.firstIndex {
            if case .field(let index, _) = $0 { return index == form.selected }
            return false
        }
        return min(max(0, (chosen ?? 0) - rect.height / 2), max(0, lines.count - rect.height))
    }

    private func drawFields(on canvas: inout Canvas, in rect: Rect) {
        guard rect.height > 0 else { return }
        let ground = theme.style(for: .dialog)
        let lines = self.lines
        let first = firstLine(in: rect)
        let blamed = form.problem.flatMap { form.place(of: $0) }
        for (offset, line) in lines.dropFirst(first).prefix(rect.height).enumerated() {
            let place = Rect(x: rect.x, y: rect.y + offset, width: rect.width, height: 1)
            switch line {
            case .heading(let text):
                canvas.put(
                    text, x: place.x, y: place.y,
                    style: theme.style(for: .accent).on(ground.background), maxWidth: place.width)
            case .note(let text):
                canvas.put(
                    text, x: place.x, y: place.y,
                    style: theme.style(for: .dim).on(ground.background), maxWidth: place.width)
            case .field(let index, let field):
                draw(
                    field, isChosen: index == form.selected, isBlamed: index == blamed,
                    on: &canvas, in: place)
                canvas.mark(place, MouseTarget.action(.sessions(.form(.field(index)))))
            }
        }
    }

    private func draw(
        _ field: RecipeForm.Field, isChosen: Bool, isBlamed: Bool, on canvas: inout Canvas,
        in rect: Rect
    ) {
        let ground = theme.style(for: isChosen ? .selection : .dialog)
        canvas.fill(rect, ground)
        let keyWidth = min(24, max(12, rect.width * 2 / 5))
        let isChanged = isChanged(field)
        canvas.put(
            "\(isBlamed ? "✗" : isChanged ? "*" : " ") \(form.label(field))", x: rect.x, y: rect.y,
            style: isBlamed ? theme.style(for: .error).on(ground.background) : ground,
            maxWidth: keyWidth - 1)
        let place = Rect(
            x: rect.x + keyWidth, y: rect.y, width: max(0, rect.width - keyWidth), height: 1)
        let value = form.value(field)
        let choices = form.choices(field)
        let hasChoices = choices.count > 1
        if isChosen, !hasChoices, !form.isFresh {
            canvas.draw(TextInputView(form.input, style: ground.with(.underline)), in: place)
            return
        }
        let shown = value.isEmpty ? "–" : value
        let used = canvas.put(
            isChosen && hasChoices ? "‹ \(shown) ›" : shown, x: place.x, y: place.y,
            style: isChosen
                ? (hasChoices ? ground.with(.bold) : ground.with(.reverse))
                : theme.style(for: isChanged ? .accent : .dialog).on(ground.background),
            maxWidth: place.width)
        if isChosen, hasChoices, let number = choices.firstIndex(of: value) {
            canvas.put(
                "   \(number + 1) of \(choices.count) choices", x: place.x + used, y: place.y,
                style: ground, maxWidth: max(0, place.width - used))
        } else if isChanged, case .row(let index) = field {
            let was = form.sheet.rows[index].initial
            canvas.put(
                "  was \(was.isEmpty ? "–" : was)", x: place.x + used, y: place.y,
                style: theme.style(for: .dim).on(ground.background),
                maxWidth: max(0, place.width - used))
        }
    }

    private func isChanged(_ field: RecipeForm.Field) -> Bool {
        if case .row(let index) = field { return form.sheet.rows[index].isChanged }
        return false
    }

    // MARK: Notes

    private func drawNotes(on canvas: inout Canvas, in rect: Rect) {
        guard rect.height > 0 else { return }
        let ground = theme.style(for: .dialog)
        canvas.fill(
            Rect(x: rect.x, y: rect.y, width: rect.width, height: 1), "─",
            theme.style(for: .border).on(ground.background))
        var lines: [(String, ThemeRole)] = []
        if form.isLeaving {
            lines.append(("what was changed here would be lost: esc again leaves", .warn))
        }
        if let problem = form.problem {
            lines += TextLayout.wrapped(form.words(for: problem), to: rect.width).map {
                ($0, .error)
            }
        }
        // The line that usually tells news has the keys while a form is open.
        if let notice = model.notice {
            let role: ThemeRole = notice.level == .error ? .error : .accent
            lines += TextLayout.wrapped(notice.text, to: rect.width).map { ($0, role) }
        }
        lines += explanation(form.field).flatMap { text, role in
            TextLayout.wrapped(text, to: rect.width).map { ($0, role) }
        }
        for (row, line) in lines.prefix(rect.height - 1).enumerated() {
            canvas.put(
                line.0, x: rect.x, y: rect.y + 1 + row,
                style: theme.style(for: line.1).on(ground.background), maxWidth: rect.width)
        }
    }

    private func explanation(_ field: RecipeForm.Field) -> [(String, ThemeRole)] {
        switch field {
        case .name:
            return [("What the new session is called, in the list and on the disk.", .dialog)]
        case .step:
            let base = form.step == 0 ? "0 is the base model: nothing learnt comes along." : ""
            return [
                (
                    "The save that it begins with: weights, optimiser and curves up to there. "
                        + "← → choose. \(base)", .dialog
                )
            ]
        case .lane:
            return [("The lane to go on with, another setting changed. ← → choose.", .dialog)]
        case .beside:
            return [
                (
                    "What is trained beside the changed lane, on the same pictures and noise, to "
                        + "compare it with. ← → choose.", .dialog
                )
            ]
        case .laneName:
            return [
                (
                    form.hasLaneChanges
                        ? "What the changed lane is called."
                        : "Nothing is changed yet: the lane would go on as it was.", .dialog
                )
            ]
        case .row(let index):
            let row = form.sheet.rows[index]
            let standard = row.defaultValue.isEmpty ? "" : "default \(row.defaultValue); "
            let how = row.choices.isEmpty ? "" : " ← → choose."
            return [
                (row.reason.prefix(1).uppercased() + row.reason.dropFirst() + "." + how, .dialog),
                ("\(standard)\(row.expected)", .dim),
            ]
        }
    }
}

/// The recipes that a session can be made from.
struct RecipePicker: Drawing {
    let model: WorkbenchModel
    let theme: Theme
    let selected: Int

    func draw(on canvas: inout Canvas, in rect: Rect) {
        let ground = theme.style(for: .dialog)
        let recipes = model.shelf.contents?.recipes ?? []
        let frame = rect.centered(
            width: min(rect.width, 90), height: min(rect.height, max(1, recipes.count) + 2))
        canvas.fill(frame, ground)
        canvas.box(
            frame, title: "new session from a recipe", titleRight: "enter  esc",
            style: theme.style(for: .accent).on(ground.background),
            titleStyle: theme.style(for: .title).on(ground.background))
        let inner = frame.inset(horizontally: 2, vertically: 1)
        guard !recipes.isEmpty else {
            let words = model.shelf.contents == nil ? "looking for recipes …" : "there is no recipe"
            canvas.put(words, x: inner.x, y: inner.y, style: ground, maxWidth: inner.width)
            return
        }
        let chosen = min(max(0, selected), recipes.count - 1)
        let first = max(0, chosen - inner.height + 1)
        let width = min(24, recipes.map { TextLayout.columns($0.name) }.max() ?? 0) + 2
        for (row, recipe) in recipes.dropFirst(first).prefix(inner.height).enumerated() {
            let style = theme.style(for: first + row == chosen ? .selection : .dialog)
            let place = Rect(x: inner.x, y: inner.y + row, width: inner.width, height: 1)
            canvas.fill(place, style)
            canvas.put(
                runs: [
                    (
                        TextLayout.padded(recipe.name, to: width),
                        theme.style(for: .key).on(style.background)
                    ), ((recipe.isOwn ? "yours: " : "") + recipe.summary, style),
                ], x: place.x, y: place.y, in: place)
            canvas.mark(place, MouseTarget.action(.sessions(.choose(first + row))))
        }
    }
}
