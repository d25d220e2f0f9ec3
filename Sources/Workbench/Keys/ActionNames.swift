/// Names of actions as `keys.toml` and the palette write them.
///
/// A case's own name in snake case, so that the name stands or falls with the case: `toggleTraining`
/// is `toggle_training`, `move(.up)` is `move_up`, and what belongs to one view alone has the name
/// that the view's own enumeration gives it.
extension BenchAction {
    /// The action's name, unique among those of its place.
    public var name: String {
        switch self {
        case .curves(let action): ActionName.snakeCase(action)
        case .compare(let action): ActionName.snakeCase(action)
        case .fields(let action): ActionName.snakeCase(action)
        case .population(let action): ActionName.snakeCase(action)
        case .sessions(let action): ActionName.snakeCase(action)
        case .log(let action): ActionName.snakeCase(action)
        default: ActionName.snakeCase(self)
        }
    }

    /// The name as words: `toggle training`.
    package var words: String { String(name.map { $0 == "_" ? " " : $0 }) }
}

/// Turns cases into names.
package enum ActionName {
    /// `zoomIn` is `zoom_in`, `move(Direction.up)` is `move_up`, `lane(number: 3)` is `lane_3`.
    package static func snakeCase(_ action: some Hashable) -> String {
        var name = ""
        // What has been read since the last sign that is no part of a name.
        var part = ""
        func close() {
            guard !part.isEmpty else { return }
            name += (name.isEmpty ? "" : "_") + part
            part = ""
        }
        for character in String(describing: action) {
            switch character {
            case ".", ":":
                // What stands before it was the name of a module, a type or a label.
                part = ""
            case _ where character.isUppercase:
                if !part.isEmpty, part.last != "_" { part += "_" }
                part += character.lowercased()
            case _ where character.isLetter || character.isNumber || character == "_":
                part.append(character)
            default: close()
            }
        }
        close()
        return name
    }
}

extension KeyContext {
    /// What the place is called in `keys.toml`.
    public var name: String {
        switch self {
        case .board: "dashboard"
        case .confirmation: "questions"
        default: ActionName.snakeCase(self)
        }
    }

    /// What one does in this place, for the help.
    package var purpose: String? {
        switch self {
        case .board:
            "Everything at one look: the curves, the lanes, the gradient fields, who appears, and "
                + "pictures. Arrows choose a panel, z gives it the whole screen, enter there opens "
                + "the view of the same subject."
        case .curves:
            "Any logged quantity of any lanes over steps or time; every lane has its own colour, "
                + "dash and marker."
        case .compare:
            "The lanes side by side: what differs in their recipes, their figures, and what "
                + "alignment they buy for which diversity."
        case .fields:
            "Where the objective pushes: winners to the right or left, losers up or down, at each "
                + "state that a pair can be in."
        case .population:
            "Who appears for a prompt: pictures with the classifier's verdict, and histograms "
                + "against the base."
        case .sessions: "All sessions on this machine: open, fork, rename, delete, edit."
        case .log: "What the engine and the screen reported; warnings come with an explanation."
        default: nil
        }
    }

    /// Whether letters are typed here, so that none of them can be a key.
    package var takesTyping: Bool {
        switch self {
        case .help, .palette, .text, .form, .quantities: true
        default: false
        }
    }
}
