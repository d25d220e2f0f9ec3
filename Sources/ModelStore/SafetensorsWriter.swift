/// Collects tensors and writes them as one safetensors file, atomically.
///
/// Tensors are ordered as in the reference implementation, wider element types first and then by
/// name, and the header is padded to eight bytes: the same tensors give the same bytes, here and
/// in Python, whatever the order of collection.
public struct SafetensorsWriter: Sendable {
    private struct Tensor: Sendable {
        let name: String
        let type: StoredType
        let shape: [Int]
        let bytes: [UInt8]
    }

    private let metadata: [String: String]
    private var tensors: [Tensor] = []
    private var names: Set<String> = []

    /// Starts an empty file.
    ///
    /// - Parameter metadata: texts for the file's `__metadata__`.
    public init(metadata: [String: String] = [:]) {
        self.metadata = metadata
    }

    /// Adds a tensor of single-precision numbers, stored as F32, F16, BF16 or F64.
    ///
    /// F16 and BF16 are rounded to the nearest, ties to even; what is too large becomes infinite.
    ///
    /// - Precondition: the name is new and the shape fits the number of elements.
    public mutating func add(
        _ name: String, shape: [Int], floats: UnsafeBufferPointer<Float>,
        as type: StoredType = .float32
    ) {
        check(name, shape, floats.count)
        let bytes: [UInt8]
        switch type {
        case .float32: bytes = Self.encoded(floats) { $0.bitPattern }
        case .float16: bytes = Self.encoded(floats, HalfPrecision.float16)
        case .bfloat16: bytes = Self.encoded(floats, HalfPrecision.bfloat16)
        case .float64: bytes = Self.encoded(floats) { Double($0).bitPattern }
        default: preconditionFailure("floats are stored as a floating-point type")
        }
        tensors.append(Tensor(name: name, type: type, shape: shape, bytes: bytes))
    }

    /// Adds a tensor of single-precision numbers, stored as F32, F16, BF16 or F64.
    ///
    /// - Precondition: the name is new and the shape fits the number of elements.
    public mutating func add(
        _ name: String, shape: [Int], floats: [Float], as type: StoredType = .float32
    ) {
        floats.withUnsafeBufferPointer { add(name, shape: shape, floats: $0, as: type) }
    }

    /// Adds a tensor of double-precision numbers, stored as F64.
    ///
    /// - Precondition: the name is new and the shape fits the number of elements.
    public mutating func add(_ name: String, shape: [Int], doubles: [Double]) {
        check(name, shape, doubles.count)
        let bytes = doubles.withUnsafeBufferPointer { Self.encoded($0) { $0.bitPattern } }
        tensors.append(Tensor(name: name, type: .float64, shape: shape, bytes: bytes))
    }

    /// Adds a tensor of integers, stored as I64.
    ///
    /// - Precondition: the name is new and the shape fits the number of elements.
    public mutating func add(_ name: String, shape: [Int], int64s: [Int64]) {
        check(name, shape, int64s.count)
        let bytes = int64s.withUnsafeBufferPointer { Self.encoded($0) { $0 } }
        tensors.append(Tensor(name: name, type: .int64, shape: shape, bytes: bytes))
    }

    /// Adds a tensor of any type from its little-endian bytes.
    ///
    /// - Precondition: the name is new and the shape fits the number of bytes.
    public mutating func add(
        _ name: String, shape: [Int], bytes: [UInt8], as type: StoredType = .uint8
    ) {
        precondition(bytes.count % type.width == 0, "bytes do not fill whole elements")
        check(name, shape, bytes.count / type.width)
        tensors.append(Tensor(name: name, type: type, shape: shape, bytes: bytes))
    }

    /// Replaces the file at a path by the collected tensors.
    ///
    /// - Throws: `ModelStoreError` of kind `unwritable`; the old file then stands as it was.
    public func write(to path: String) throws {
        let ordered = tensors.sorted { left, right in
            let (a, b) = (Self.rank(left.type), Self.rank(right.type))
            return a != b ? a < b : left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
        }
        try AtomicFile.write(to: path) { sink in
            try sink.append(header(ordered))
            for tensor in ordered { try sink.append(tensor.bytes) }
        }
    }

    /// The length field and the header.
    private func header(_ ordered: [Tensor]) -> [UInt8] {
        var members = JSONObject()
        if !metadata.isEmpty {
            var texts = JSONObject()
            for (key, value) in metadata { texts[key] = .string(value) }
            members["__metadata__"] = .object(texts.sorted)
        }
        var offset = 0
        for tensor in ordered {
            let end = offset + tensor.bytes.count
            members[tensor.name] = .object([
                "dtype": .string(tensor.type.rawValue),
                "shape": .array(tensor.shape.map { .integer($0) }),
                "data_offsets": .array([.integer(offset), .integer(end)]),
            ])
            offset = end
        }
        var text = Array(JSONValue.object(members).compactText.utf8)
        while text.count % 8 != 0 { text.append(UInt8(ascii: " ")) }
        precondition(text.count <= SafetensorsHeader.longest, "the header is too long")
        return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + text
    }

    private mutating func check(_ name: String, _ shape: [Int], _ count: Int) {
        precondition(name != "__metadata__", "the name is reserved")
        precondition(names.insert(name).inserted, "the file has a tensor of that name")
        precondition(
            shape.allSatisfy { $0 >= 0 } && shape.reduce(1, *) == count,
            "the shape does not fit the number of elements")
    }

    private static func rank(_ type: StoredType) -> Int {
        StoredType.allCases.firstIndex(of: type)!
    }

    private static func encoded<Element, Word: FixedWidthInteger>(
        _ elements: UnsafeBufferPointer<Element>, _ bits: (Element) -> Word
    ) -> [UInt8] {
        let width = MemoryLayout<Word>.size
        let size = elements.count * width
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
            let raw = UnsafeMutableRawBufferPointer(buffer)
            for place in elements.indices {
                raw.storeBytes(
                    of: bits(elements[place]).littleEndian, toByteOffset: place * width,
                    as: Word.self)
            }
            initialized = size
        }
    }
}
