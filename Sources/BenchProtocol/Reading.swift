/// A measured number that may not exist: NaN or an infinity in memory, null (or absent) in a line.
@propertyWrapper
public struct Reading: Codable, Sendable, Equatable {
    /// The number; NaN or an infinity where there is none.
    public var wrappedValue: Double

    /// Wraps a number, finite or not.
    public init(wrappedValue: Double) { self.wrappedValue = wrappedValue }

    /// Reads a number, or NaN for null.
    ///
    /// - Throws: `DecodingError` for what is neither.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        wrappedValue = container.decodeNil() ? .nan : try container.decode(Double.self)
    }

    /// Writes a finite number as it is and anything else as null.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if wrappedValue.isFinite {
            try container.encode(wrappedValue)
        } else {
            try container.encodeNil()
        }
    }

    /// Two readings that do not exist are equal.
    public static func == (a: Reading, b: Reading) -> Bool {
        a.wrappedValue == b.wrappedValue || (!a.wrappedValue.isFinite && !b.wrappedValue.isFinite)
    }
}

extension KeyedDecodingContainer {
    /// Lets a missing key read as NaN, so that older lines stay readable.
    public func decode(_ type: Reading.Type, forKey key: Key) throws -> Reading {
        try decodeIfPresent(type, forKey: key) ?? Reading(wrappedValue: .nan)
    }
}
