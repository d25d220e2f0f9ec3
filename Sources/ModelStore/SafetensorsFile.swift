/// Tensors by name in a safetensors file.
///
/// Opening reads and checks the header alone; a tensor's bytes are read when it is asked for. A
/// file may be shared between threads. Tensors are C-contiguous, in the layout of the program that
/// wrote them.
public final class SafetensorsFile: Sendable {
    /// The path, as the caller wrote it.
    public let path: String
    /// The names of the tensors in the order of their bytes.
    public let names: [String]
    /// The texts that the writer left about the file.
    public let metadata: [String: String]

    private let file: RegularFile
    private let entries: [String: SafetensorsHeader.Entry]

    /// Opens a file and checks its header; nothing is allocated on the header's word alone.
    ///
    /// - Throws: `ModelStoreError` naming the file, the tensor at fault and what to do.
    public init(_ path: String) throws {
        file = try RegularFile(path)
        self.path = path
        let prefix = try file.bytes(at: 0, count: min(8, file.size))
        let length = try SafetensorsHeader.length(prefix: prefix, fileSize: file.size, file: path)
        let text = try file.bytes(at: 8, count: length)
        let header = try SafetensorsHeader(text: text, fileSize: file.size, file: path)
        names = header.entries.map(\.name)
        metadata = header.metadata
        entries = Dictionary(uniqueKeysWithValues: header.entries.map { ($0.name, $0) })
    }

    /// Whether the file has a tensor of that name.
    public func contains(_ name: String) -> Bool { entries[name] != nil }

    /// The shape of a tensor; empty for a scalar.
    ///
    /// - Throws: `ModelStoreError` of kind `missingTensor`.
    public func shape(of name: String) throws -> [Int] { try entry(name).shape }

    /// The element type of a tensor.
    ///
    /// - Throws: `ModelStoreError` of kind `missingTensor`.
    public func dtype(of name: String) throws -> StoredType { try entry(name).type }

    /// Makes sure that a tensor exists with a shape, before memory is planned for it.
    ///
    /// - Throws: `ModelStoreError` of kind `missingTensor` or `unexpectedTensor`.
    public func require(_ name: String, shape: [Int]) throws {
        let found = try entry(name).shape
        guard found == shape else {
            throw unexpected(
                name, "has the shape \(found) where \(shape) is needed",
                "check that weights and configuration belong together")
        }
    }

    /// The elements of a floating-point tensor, converted to single precision.
    ///
    /// - Throws: `ModelStoreError`; integer tensors are refused.
    public func floats(_ name: String) throws -> [Float] {
        let count = try floatingPoint(name).count
        return try [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            try read(name, into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
            initialized = count
        }
    }

    /// Reads a floating-point tensor into a buffer of exactly its number of elements.
    ///
    /// F16 and BF16 become exact singles, F64 is rounded to the nearest.
    ///
    /// - Throws: `ModelStoreError`; integer tensors are refused.
    /// - Precondition: the buffer has as many elements as the tensor.
    public func read(_ name: String, into buffer: UnsafeMutableBufferPointer<Float>) throws {
        let entry = try floatingPoint(name)
        precondition(buffer.count == entry.count, "the buffer's size is not the tensor's")
        switch entry.type {
        case .float32:
            try file.read(at: entry.offset, into: UnsafeMutableRawBufferPointer(buffer))
            for place in buffer.indices where UInt32(1).bigEndian == 1 {
                buffer[place] = Float(bitPattern: UInt32(littleEndian: buffer[place].bitPattern))
            }
        case .float16:
            try convert(entry, UInt16.self) { place, bits in
                buffer[place] = HalfPrecision.float(fromFloat16: bits)
            }
        case .bfloat16:
            try convert(entry, UInt16.self) { place, bits in
                buffer[place] = HalfPrecision.float(fromBFloat16: bits)
            }
        default:
            try convert(entry, UInt64.self) { place, bits in
                buffer[place] = Float(Double(bitPattern: bits))
            }
        }
    }

    /// The elements of an integer tensor (I64, I32, U8 or BOOL).
    ///
    /// - Throws: `ModelStoreError`; floating-point tensors are refused.
    public func int64s(_ name: String) throws -> [Int64] {
        let entry = try entry(name)
        var result: [Int64] = []
        result.reserveCapacity(entry.count)
        switch entry.type {
        case .int64: try convert(entry, Int64.self) { result.append($1) }
        case .int32: try convert(entry, Int32.self) { result.append(Int64($1)) }
        case .uint8, .bool: try convert(entry, UInt8.self) { result.append(Int64($1)) }
        default:
            throw unexpected(
                name, "holds \(entry.type.rawValue) where integers are needed",
                "store it as I64 or I32")
        }
        return result
    }

    /// The bytes of a tensor as they are stored, little-endian.
    ///
    /// - Throws: `ModelStoreError`.
    public func bytes(_ name: String) throws -> [UInt8] {
        let entry = try entry(name)
        return try file.bytes(at: entry.offset, count: entry.count * entry.type.width)
    }

    /// Reads a tensor piecewise, so that a conversion needs no second copy of it.
    private func convert<Stored: FixedWidthInteger>(
        _ entry: SafetensorsHeader.Entry, _ type: Stored.Type, _ take: (Int, Stored) -> Void
    ) throws {
        let width = MemoryLayout<Stored>.size
        let piece = 1 << 16
        var done = 0
        while done < entry.count {
            let count = min(piece, entry.count - done)
            let bytes = try file.bytes(at: entry.offset + done * width, count: count * width)
            bytes.withUnsafeBytes { raw in
                for place in 0..<count {
                    let word = raw.loadUnaligned(fromByteOffset: place * width, as: Stored.self)
                    take(done + place, Stored(littleEndian: word))
                }
            }
            done += count
        }
    }

    private func entry(_ name: String) throws -> SafetensorsHeader.Entry {
        guard let entry = entries[name] else {
            let some = names.prefix(3).map(quoted).joined(separator: ", ")
            let held = names.isEmpty ? "it holds none" : "it holds \(names.count), such as \(some)"
            throw ModelStoreError(
                .missingTensor, file: path, subject: name, problem: "there is no such tensor",
                advice: "\(held); check that weights and configuration belong together")
        }
        return entry
    }

    private func floatingPoint(_ name: String) throws -> SafetensorsHeader.Entry {
        let entry = try entry(name)
        guard entry.type.isFloatingPoint else {
            throw unexpected(
                name, "holds \(entry.type.rawValue) where floating-point numbers are needed",
                "store it as F32, F16, BF16 or F64")
        }
        return entry
    }

    private func unexpected(
        _ name: String, _ problem: String, _ advice: String
    ) -> ModelStoreError {
        ModelStoreError(
            .unexpectedTensor, file: path, subject: name, problem: problem, advice: advice)
    }
}
