import PlainTOML

/// One key of a table of the recipe: its range, the reason of its default, how it is read and written.
struct RecipeKey<Table>: Sendable {
    typealias Path<Value> = any WritableKeyPath<Table, Value> & Sendable

    /// The key as the file spells it.
    let name: String
    /// Why the default is what it is, and what the key does; written beside it in resolved recipes.
    let reason: String
    /// What an error says the value should be.
    let expected: String
    /// Takes a value over; false where it is of the wrong type or out of range.
    let assign: @Sendable (TOMLValue, inout Table) -> Bool
    /// The value as TOML; nil where the table has none.
    let text: @Sendable (Table) -> String?

    /// A whole number in a range.
    static func integer(
        _ name: String, _ path: Path<Int>, _ range: ClosedRange<Int>, _ reason: String
    ) -> RecipeKey {
        RecipeKey(
            name: name, reason: reason,
            expected: "a whole number from \(range.lowerBound) to \(range.upperBound)",
            assign: { value, table in
                guard case .integer(let number) = value, range.contains(number) else {
                    return false
                }
                table[keyPath: path] = number
                return true
            },
            text: { String($0[keyPath: path]) })
    }

    /// A number in a range; infinities and NaN are in none.
    static func number(
        _ name: String, _ path: Path<Double>, _ range: ClosedRange<Double>, _ reason: String
    ) -> RecipeKey {
        RecipeKey(
            name: name, reason: reason,
            expected: "a number from \(range.lowerBound) to \(range.upperBound)",
            assign: { value, table in
                guard let number = value.asNumber, range.contains(number) else { return false }
                table[keyPath: path] = number
                return true
            },
            text: { String($0[keyPath: path]) })
    }

    /// A text that satisfies a condition, which `expected` states.
    static func string(
        _ name: String, _ path: Path<String>, expected: String,
        where holds: @escaping @Sendable (String) -> Bool, _ reason: String
    ) -> RecipeKey {
        RecipeKey(
            name: name, reason: reason, expected: expected,
            assign: { value, table in
                guard case .string(let text) = value, holds(text) else { return false }
                table[keyPath: path] = text
                return true
            },
            text: { TOMLText.quoted($0[keyPath: path]) })
    }

    /// One of a few words.
    static func choice<Choice: RawRepresentable & CaseIterable & Sendable>(
        _ name: String, _ path: Path<Choice>, _ reason: String
    ) -> RecipeKey where Choice.RawValue == String {
        RecipeKey(
            name: name, reason: reason,
            expected: TOMLText.choices(Choice.allCases.map(\.rawValue)),
            assign: { value, table in
                guard case .string(let word) = value, let choice = Choice(rawValue: word) else {
                    return false
                }
                table[keyPath: path] = choice
                return true
            },
            text: { TOMLText.quoted($0[keyPath: path].rawValue) })
    }
}

extension RecipeKey {
    /// Longest name of a lane or session: it has to fit a table's column and a file's name.
    static var longestName: Int { 48 }

    /// Whether a text may name a session or a lane: it becomes part of paths and of messages.
    static func isName(_ text: String) -> Bool {
        let scalars = text.unicodeScalars
        guard let first = scalars.first, scalars.count <= longestName else { return false }
        func isPlain(_ scalar: Unicode.Scalar) -> Bool {
            ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
                || ("0"..."9").contains(scalar)
        }
        return isPlain(first)
            && scalars.allSatisfy { isPlain($0) || "-_.".unicodeScalars.contains($0) }
    }

    /// What an error says about names.
    static var nameExpectation: String {
        "a name of up to \(longestName) letters, digits, '-', '_' and '.', a letter or digit first"
    }

    /// Whether a text may be a path or one of the words that stand for one.
    static func isPath(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 4096 && !text.utf8.contains(0)
    }
}
