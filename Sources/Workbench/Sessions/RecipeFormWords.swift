import TerminalKit

/// What a form says of its fields, and of what is wrong with them: nobody has seen the file.
extension RecipeForm {
    /// What a field is called.
    package func label(_ field: Field) -> String {
        switch field {
        case .name: "session name"
        case .step: "from step"
        case .lane: "lane"
        case .beside: "also train"
        case .laneName: "changed lane's name"
        case .row(let index): isEnd(sheet.rows[index]) ? "steps (its end)" : sheet.rows[index].key
        }
    }

    /// The row that a problem is about.
    func row(of problem: RecipeProblem) -> Int? {
        guard let line = problem.line, let place = recipe.row(atLine: line) else { return nil }
        // A table's own line may be blamed for a key that it lacks.
        guard let key = problem.key?.split(separator: ".").last.map(String.init),
            sheet.rows[place].key != key
        else { return place }
        let group = sheet.rows[place].lane
        return sheet.rows.firstIndex {
            $0.key == key && $0.lane == group && $0.section == sheet.rows[place].section
        } ?? place
    }

    /// What is wrong, in words of the form: the field, what it takes, and what stands there.
    package func words(for problem: RecipeProblem) -> String {
        guard !problem.isName, let index = row(of: problem) else {
            return RecipeForm.withoutLine(problem.message)
        }
        let row = sheet.rows[index]
        let field = place(of: problem).map { fields[$0] } ?? .row(index)
        let name = label(field)
        let value = self.value(field).trimmed
        let quoted = "\"" + TextLayout.clipped(value, to: 40) + "\""
        let wanted = RecipeForm.plain(problem.expected ?? row.expected)
        if wanted.hasPrefix("no ") {
            return "\(name): \(wanted)" + (value.isEmpty ? "" : "; take \(quoted) out")
        }
        let choices = row.choices.filter { !$0.isEmpty }
        let kind = choices.isEmpty ? wanted : "one of " + choices.joined(separator: ", ")
        guard !kind.isEmpty else {
            return "\(name): \(RecipeForm.withoutLine(problem.message))"
        }
        return "\(name): \(kind); " + (value.isEmpty ? "nothing is there" : "\(quoted) is none")
    }

    /// Settings that the lane has no use for, in words; nil where it uses all.
    package var missingSettings: String? {
        guard case .forkLane = sheet.purpose, let lane, let group = group(of: lane) else {
            return nil
        }
        let rows = sheet.rows.filter { $0.lane == group }
        func value(_ key: String) -> String? { rows.first { $0.key == key }?.value }
        let missing = ["beta", "kappa", "divergence"].filter { value($0) == "" }
        guard !missing.isEmpty else { return nil }
        let objective = value("objective") ?? lane
        let list =
            missing.dropLast().joined(separator: ", ") + (missing.count > 1 ? " and no " : "")
            + (missing.last ?? "")
        // Where the objective could have one, kappa comes with the divergence.
        let why =
            missing.contains("kappa") && missing.contains("divergence")
                && RecipeForm.takesDivergence(objective)
            ? "; kappa comes with a divergence" : ""
        return "\(objective) has no \(list)\(why)"
    }

    /// Whether an objective may measure its distance to the base by a divergence.
    private static func takesDivergence(_ objective: String) -> Bool {
        objective == "popalign" || objective == "f-dpo"
    }

    /// A message without the line of a file that the person has never seen.
    private static func withoutLine(_ message: String) -> String {
        guard message.hasPrefix("line "), let colon = message.firstIndex(of: ":") else {
            return message
        }
        return String(message[message.index(after: colon)...]).trimmed
    }

    /// `a number from 1e-09 to 1000000000.0` as `a number from 1e-9 to 1e9`.
    static func plain(_ expected: String) -> String {
        expected.split(separator: " ", omittingEmptySubsequences: false).map { word in
            let end = word.last.map { ",;".contains($0) } == true ? String(word.suffix(1)) : ""
            let bare = word.dropLast(end.count)
            guard bare.first?.isNumber == true || bare.first == "-", let value = Double(bare) else {
                return String(word)
            }
            if bare == "\(Int.max)" { return "any" + end }
            let text = NumberText.constant(value)
            // Nothing is told short that is not told right.
            return (Double(text) == value ? text : String(bare)) + end
        }.joined(separator: " ")
    }
}
