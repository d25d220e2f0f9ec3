/// What the header of a safetensors file says, believed only after every word was checked.
///
/// The rules are those of the reference implementation: eight bytes of length, a JSON object, and
/// data that the tensors cover from the first byte to the last, without holes or overlaps.
/// Stricter than it: a name may not occur twice, and only `StoredType`'s element types exist.
package struct SafetensorsHeader: Sendable {
    /// One tensor.
    package struct Entry: Sendable, Equatable {
        /// The tensor's name.
        package let name: String
        /// The type of its elements.
        package let type: StoredType
        /// Its shape; empty for a scalar.
        package let shape: [Int]
        /// Number of elements.
        package let count: Int
        /// Where its bytes begin in the file.
        package let offset: Int
    }

    /// The tensors in the order of their bytes.
    package let entries: [Entry]
    /// The `__metadata__` texts.
    package let metadata: [String: String]

    /// No header may be longer, in bytes; the reference implementation's limit.
    package static let longest = 100_000_000
    private static let highestRank = 64

    /// Reads the length field.
    ///
    /// - Parameters:
    ///   - prefix: the first bytes of the file, eight if it has them.
    ///   - fileSize: the length of the whole file.
    /// - Returns: the header's length without the length field.
    package static func length(prefix: [UInt8], fileSize: Int, file: String) throws -> Int {
        guard prefix.count >= 8, fileSize >= 8 else {
            throw wrongLength(file, "is only \(fileSize) bytes long")
        }
        let length = prefix.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(longest) else {
            throw ModelStoreError(
                .tooLarge, file: file,
                problem: "announces a header of \(length) bytes, more than \(longest)",
                advice: "check that it is a safetensors file")
        }
        guard Int(length) <= fileSize - 8 else {
            throw wrongLength(
                file, "announces a header of \(length) bytes and has only \(fileSize - 8)")
        }
        return Int(length)
    }

    /// Reads and checks the header.
    ///
    /// - Parameters:
    ///   - text: the header without the length field.
    ///   - fileSize: the length of the whole file.
    package init(text: [UInt8], fileSize: Int, file: String) throws {
        var found: [Raw] = []
        var metadata: [String: String]?
        do {
            var scanner = JSONScanner(text)
            guard text.first == UInt8(ascii: "{") else {
                throw scanner.fault("an object was expected")
            }
            try scanner.object { scanner, name in
                if name == "__metadata__" {
                    guard metadata == nil else { throw Self.duplicate(name, file) }
                    metadata = try Self.metadata(&scanner, file)
                } else {
                    found.append(try Self.tensor(&scanner, name, file))
                }
            }
            try scanner.end()
        } catch let error as JSONSyntaxError {
            throw ModelStoreError(
                .malformed, file: file,
                problem: "has an invalid header: \(error.problem) at byte \(error.offset + 8)",
                advice: "fetch or write the file again")
        }
        var names: Set<String> = []
        for tensor in found where !names.insert(tensor.name).inserted {
            throw Self.duplicate(tensor.name, file)
        }
        let data = 8 + text.count
        entries = try Self.placed(found, data: data, size: fileSize - data, file)
        self.metadata = metadata ?? [:]
    }

    /// A tensor as the header states it, offsets unchecked.
    private struct Raw {
        let name: String
        let type: StoredType
        let shape: [Int]
        let begin: Int
        let end: Int
    }

    private static func metadata(
        _ scanner: inout JSONScanner, _ file: String
    ) throws -> [String: String] {
        var result: [String: String] = [:]
        try scanner.object { scanner, key in
            let value = try scanner.string()
            guard result.updateValue(value, forKey: key) == nil else { throw duplicate(key, file) }
        }
        return result
    }

    private static func tensor(
        _ scanner: inout JSONScanner, _ name: String, _ file: String
    ) throws -> Raw {
        var type: StoredType?
        var shape: [Int]?
        var offsets: [Int]?
        try scanner.object { scanner, key in
            switch key {
            case "dtype":
                guard type == nil else { throw duplicate("\(name).dtype", file) }
                let word = try scanner.string()
                type = StoredType(rawValue: word)
                guard type != nil else {
                    let known = StoredType.allCases.map(\.rawValue).sorted()
                    throw ModelStoreError(
                        .unsupportedType, file: file, subject: name,
                        problem: "has the element type \(quoted(word))",
                        advice: "convert it to one of \(known.joined(separator: ", "))")
                }
            case "shape":
                guard shape == nil else { throw duplicate("\(name).shape", file) }
                shape = try sizes(&scanner, name, file, limit: highestRank, .invalidShape)
            case "data_offsets":
                guard offsets == nil else { throw duplicate("\(name).data_offsets", file) }
                offsets = try sizes(&scanner, name, file, limit: 2, .invalidOffsets)
            default: try scanner.skipValue()
            }
        }
        guard let type, let shape, let offsets, offsets.count == 2 else {
            throw ModelStoreError(
                .malformed, file: file, subject: name,
                problem: "lacks dtype, shape or two data_offsets", advice: refetch)
        }
        return Raw(name: name, type: type, shape: shape, begin: offsets[0], end: offsets[1])
    }

    /// A list of whole numbers that are not negative.
    private static func sizes(
        _ scanner: inout JSONScanner, _ name: String, _ file: String, limit: Int,
        _ kind: ModelStoreError.Kind
    ) throws -> [Int] {
        var result: [Int] = []
        try scanner.array { scanner in
            guard result.count < limit else {
                throw ModelStoreError(
                    kind, file: file, subject: name, problem: "lists more than \(limit) sizes",
                    advice: refetch)
            }
            guard case .integer(let value) = try scanner.number(), value >= 0 else {
                throw ModelStoreError(
                    kind, file: file, subject: name,
                    problem: "has a size or offset that is negative, fractional or above 2^63",
                    advice: refetch)
            }
            result.append(value)
        }
        return result
    }

    /// Checks that the tensors cover the data from the first byte to the last, each of its size.
    private static func placed(
        _ found: [Raw], data: Int, size: Int, _ file: String
    ) throws -> [Entry] {
        var next = 0
        let ordered = found.sorted {
            ($0.begin, $0.end) < ($1.begin, $1.end)
        }
        let entries = try ordered.map { tensor in
            func invalid(_ kind: ModelStoreError.Kind, _ problem: String) -> ModelStoreError {
                ModelStoreError(
                    kind, file: file, subject: tensor.name, problem: problem, advice: refetch)
            }
            guard tensor.begin <= tensor.end else {
                throw invalid(
                    .invalidOffsets, "ends at byte \(tensor.end), before its begin \(tensor.begin)")
            }
            guard tensor.end <= size else {
                throw invalid(
                    .invalidOffsets, "ends at byte \(tensor.end) of only \(size) bytes of data")
            }
            guard tensor.begin >= next else {
                throw invalid(
                    .invalidOffsets, "begins at byte \(tensor.begin) inside another tensor")
            }
            guard tensor.begin == next else {
                throw invalid(
                    .invalidOffsets, "leaves the bytes \(next) to \(tensor.begin) unused")
            }
            next = tensor.end
            guard let count = product(tensor.shape) else {
                throw invalid(.invalidShape, "has more elements than can be counted")
            }
            let (bytes, overflow) = count.multipliedReportingOverflow(by: tensor.type.width)
            guard !overflow, bytes == tensor.end - tensor.begin else {
                throw invalid(
                    .invalidShape,
                    "has \(tensor.end - tensor.begin) bytes, which is not what the shape "
                        + "\(tensor.shape) of \(tensor.type.rawValue) takes")
            }
            return Entry(
                name: tensor.name, type: tensor.type, shape: tensor.shape, count: count,
                offset: data + tensor.begin)
        }
        guard next == size else {
            throw wrongLength(file, "holds \(size) bytes of data where its tensors take \(next)")
        }
        return entries
    }

    /// The number of elements, nil where it overflows; a zero does not excuse an overflow.
    private static func product(_ shape: [Int]) -> Int? {
        var count = 1
        for size in shape {
            let (next, overflow) = count.multipliedReportingOverflow(by: size)
            guard !overflow else { return nil }
            count = next
        }
        return count
    }

    private static let refetch = "fetch or write the file again"

    private static func duplicate(_ name: String, _ file: String) -> ModelStoreError {
        ModelStoreError(
            .duplicateName, file: file, subject: name, problem: "occurs twice in the header",
            advice: "write the file again with every name once")
    }

    private static func wrongLength(_ file: String, _ problem: String) -> ModelStoreError {
        ModelStoreError(
            .wrongLength, file: file, problem: problem,
            advice: "fetch or write the file again; it is not whole")
    }
}
