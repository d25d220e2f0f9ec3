/// Reads the keys of one configuration file, with a default for each and a clear error for a value
/// that cannot be honoured.
package struct ConfigurationReader {
    /// The file, for error messages.
    package let file: String
    /// The members of the file.
    package let members: JSONObject

    /// Starts from a parsed file, which must be an object.
    package init(_ json: JSONValue, file: String) throws {
        guard let members = json.members else {
            throw ModelStoreError(
                .malformed, file: file, problem: "is not a JSON object",
                advice: "check that it is the component's configuration")
        }
        self.file = file
        self.members = members
    }

    /// A whole number within a range.
    package func integer(
        _ key: String, default standard: Int, in range: ClosedRange<Int>
    ) throws -> Int {
        try optionalInteger(key, default: standard, in: range) ?? refuse(key, whole(range))
    }

    /// A whole number within a range, or null.
    package func optionalInteger(
        _ key: String, default standard: Int?, in range: ClosedRange<Int>
    ) throws -> Int? {
        guard let value = members[key] else { return standard }
        if value == .null { return nil }
        guard let number = value.integer, range.contains(number) else {
            return try refuse(key, whole(range))
        }
        return number
    }

    /// A number within a range.
    package func number(
        _ key: String, default standard: Double, in range: ClosedRange<Double>
    ) throws -> Double {
        guard let value = members[key] else { return standard }
        guard let number = value.double, range.contains(number) else {
            return try refuse(key, "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A truth value.
    package func flag(_ key: String, default standard: Bool) throws -> Bool {
        guard let value = members[key] else { return standard }
        guard case .flag(let flag) = value else { return try refuse(key, "true or false") }
        return flag
    }

    /// A text.
    package func text(_ key: String, default standard: String) throws -> String {
        guard let value = members[key] else { return standard }
        return try value.text ?? refuse(key, "a text")
    }

    /// One of an enumeration's words.
    package func word<Word: RawRepresentable & CaseIterable>(
        _ key: String, default standard: Word
    ) throws -> Word where Word.RawValue == String {
        guard let value = members[key] else { return standard }
        return try value.text.flatMap(Word.init) ?? refuse(key, oneOf(Word.self))
    }

    /// A list of one of an enumeration's words, at most sixteen.
    package func words<Word: RawRepresentable & CaseIterable>(
        _ key: String, default standard: [Word]
    ) throws -> [Word] where Word.RawValue == String {
        guard let value = members[key] else { return standard }
        guard case .array(let elements) = value, (1...16).contains(elements.count) else {
            return try refuse(key, "a list of 1 to 16 of: \(oneOf(Word.self))")
        }
        return try elements.map {
            try $0.text.flatMap(Word.init) ?? refuse(key, "a list of: \(oneOf(Word.self))")
        }
    }

    /// A list of one to sixteen whole numbers within a range.
    package func integers(
        _ key: String, default standard: [Int], in range: ClosedRange<Int>
    ) throws -> [Int] {
        guard let value = members[key] else { return standard }
        guard case .array(let elements) = value, (1...16).contains(elements.count) else {
            return try refuse(key, "a list of 1 to 16 numbers, each \(whole(range))")
        }
        return try elements.map {
            guard let number = $0.integer, range.contains(number) else {
                return try refuse(key, "a list of 1 to 16 numbers, each \(whole(range))")
            }
            return number
        }
    }

    /// One whole number for all levels, or a list with one for each.
    package func perLevel(
        _ key: String, default standard: Int, in range: ClosedRange<Int>
    ) throws -> PerLevel {
        guard let value = members[key] else { return .same(standard) }
        if case .array = value { return .each(try integers(key, default: [], in: range)) }
        guard let number = value.integer, range.contains(number) else {
            return try refuse(key, "\(whole(range)), or a list with one number a level")
        }
        return .same(number)
    }

    /// Makes sure that a key, if present, has one of the values that mean what is built here.
    package func fix(_ key: String, to allowed: [JSONValue]) throws {
        guard let value = members[key], !allowed.contains(where: { Self.equal($0, value) }) else {
            return
        }
        throw unsupported(key, allowed.map(\.compactText).joined(separator: " or "))
    }

    /// Makes sure that keys nobody reads say nothing: null, false, or nothing at all.
    ///
    /// - Parameters:
    ///   - known: the keys that are read or fixed elsewhere.
    ///   - harmless: keys whose value has no effect.
    package func refuseUnknown(known: Set<String>, harmless: Set<String> = []) throws {
        for key in members.keys where !key.hasPrefix("_") {
            guard !known.contains(key), !harmless.contains(key) else { continue }
            guard members[key] != .null, members[key] != .flag(false) else { continue }
            throw unsupported(key, "no such key, or null")
        }
    }

    /// Makes sure that the file describes a component of the class that is being opened.
    package func requireClass(_ name: String) throws {
        guard let value = members["_class_name"], value.text != name else { return }
        throw unsupported("_class_name", quoted(name))
    }

    /// The error for values that contradict each other.
    package func contradiction(
        _ key: String, _ problem: String, _ advice: String
    ) -> ModelStoreError {
        ModelStoreError(.inconsistent, file: file, subject: key, problem: problem, advice: advice)
    }

    /// The error for a value outside the supported subset.
    package func unsupported(_ key: String, _ supported: String) -> ModelStoreError {
        let text = members[key]?.compactText ?? "nothing"
        let shown = quoted(String(text.prefix(80)))
        return ModelStoreError(
            .unsupportedValue, file: file, subject: key,
            problem: "the value is \(shown.dropFirst().dropLast())",
            advice: "supported is \(supported)")
    }

    /// Throws the error for a value outside the supported subset.
    package func refuse<Value>(_ key: String, _ supported: String) throws -> Value {
        throw unsupported(key, supported)
    }

    private func whole(_ range: ClosedRange<Int>) -> String {
        "a whole number from \(range.lowerBound) to \(range.upperBound)"
    }

    private func oneOf<Word: RawRepresentable & CaseIterable>(_ type: Word.Type) -> String
    where Word.RawValue == String {
        Word.allCases.map { quoted($0.rawValue) }.joined(separator: ", ")
    }

    private static func equal(_ left: JSONValue, _ right: JSONValue) -> Bool {
        if let a = left.double, let b = right.double { return a == b }
        return left == right
    }
}
