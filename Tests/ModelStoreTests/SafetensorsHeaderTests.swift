import ModelStore
import Testing

/// A header that lies, and what it must be called.
struct Lie: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let header: String
    let data: Int
    let kind: ModelStoreError.Kind

    init(_ name: String, _ header: String, data: Int = 8, _ kind: ModelStoreError.Kind) {
        self.testDescription = name
        self.header = header
        self.data = data
        self.kind = kind
    }

    static let all: [Lie] = [
        Lie("not an object", "[]", .malformed),
        Lie("empty", "", .malformed),
        Lie("white space before the object", #" {}"#, data: 0, .malformed),
        Lie("cut short", #"{"a":{"dtype":"F32","#, .malformed),
        Lie("text after the object", #"{}x"#, data: 0, .malformed),
        Lie("tensor that is a number", #"{"a":1}"#, .malformed),
        Lie("no type", #"{"a":{"shape":[2],"data_offsets":[0,8]}}"#, .malformed),
        Lie("no shape", #"{"a":{"dtype":"F32","data_offsets":[0,8]}}"#, .malformed),
        Lie("no offsets", #"{"a":{"dtype":"F32","shape":[2]}}"#, .malformed),
        Lie("one offset", #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}"#, .malformed),
        Lie(
            "three offsets", #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}"#,
            .invalidOffsets),
        Lie(
            "unknown type", #"{"a":{"dtype":"F33","shape":[2],"data_offsets":[0,8]}}"#,
            .unsupportedType),
        Lie(
            "metadata that is not text", #"{"__metadata__":{"a":1}}"#, data: 0, .malformed),
        Lie(
            "the same name twice",
            #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"#
                + #""a":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}"#, .duplicateName),
        Lie(
            "the same key twice",
            #"{"a":{"dtype":"U8","shape":[4],"shape":[8],"data_offsets":[0,8]}}"#, .duplicateName),
        Lie(
            "metadata twice", #"{"__metadata__":{},"__metadata__":{}}"#, data: 0, .duplicateName),
        Lie(
            "negative size", #"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#,
            .invalidShape),
        Lie(
            "fractional size", #"{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}"#,
            .invalidShape),
        Lie(
            "size beyond 64 bits",
            #"{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,8]}}"#,
            .invalidShape),
        Lie(
            "shape that overflows",
            #"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}}"#,
            .invalidShape),
        Lie(
            "bytes that overflow",
            #"{"a":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,8]}}"#,
            .invalidShape),
        Lie(
            "rank that never ends",
            #"{"a":{"dtype":"U8","shape":[\#(Array(repeating: "1", count: 999).joined(separator: ","))],"data_offsets":[0,8]}}"#,
            .invalidShape),
        Lie(
            "size that is not the shape's",
            #"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, .invalidShape),
        Lie(
            "end beyond the file", #"{"a":{"dtype":"U8","shape":[9],"data_offsets":[0,9]}}"#,
            .invalidOffsets),
        Lie(
            "end before the begin", #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[8,4]}}"#,
            .invalidOffsets),
        Lie(
            "negative offset", #"{"a":{"dtype":"U8","shape":[8],"data_offsets":[-8,0]}}"#,
            .invalidOffsets),
        Lie(
            "hole at the front", #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}"#,
            .invalidOffsets),
        Lie(
            "hole between",
            #"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"#
                + #""b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}"#, .invalidOffsets),
        Lie(
            "overlap",
            #"{"a":{"dtype":"U8","shape":[6],"data_offsets":[0,6]},"#
                + #""b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}"#, .invalidOffsets),
        Lie(
            "data that no tensor has", #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}"#,
            .wrongLength),
        Lie("nesting without end", String(repeating: "{\"a\":", count: 5000), .malformed),
        Lie(
            "half a surrogate pair",
            #"{"\ud800":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}}"#, .malformed),
    ]
}

@Suite("Safetensors headers")
struct SafetensorsHeaderTests {
    private func bytes(_ header: [UInt8], data: Int, announced: UInt64? = nil) -> [UInt8] {
        let length = announced ?? UInt64(header.count)
        return withUnsafeBytes(of: length.littleEndian) { Array($0) } + header
            + [UInt8](repeating: 7, count: data)
    }

    private func error(_ bytes: [UInt8]) throws -> ModelStoreError? {
        let scratch = try ScratchFolder()
        let path = try scratch.put("lie.safetensors", bytes)
        return #expect(throws: ModelStoreError.self) { try SafetensorsFile(path) }
    }

    @Test("a lie is told apart and named", arguments: Lie.all)
    func lies(_ lie: Lie) throws {
        let error = try error(bytes(Array(lie.header.utf8), data: lie.data))
        #expect(error?.kind == lie.kind, "\(String(describing: error))")
        #expect(error?.file.hasSuffix("lie.safetensors") == true)
        #expect(error?.advice.isEmpty == false)
    }

    @Test("a length field beyond the file or above the limit is refused unread")
    func lengths() throws {
        let header = Array("{}".utf8)
        #expect(try error([])?.kind == .wrongLength)
        #expect(try error([1, 0, 0])?.kind == .wrongLength)
        #expect(try error(bytes(header, data: 0, announced: 3))?.kind == .wrongLength)
        #expect(try error(bytes(header, data: 0, announced: 100_000_001))?.kind == .tooLarge)
        #expect(try error(bytes(header, data: 0, announced: .max))?.kind == .tooLarge)
    }

    @Test("names that are not UTF-8 are refused")
    func notUTF8() throws {
        for name in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82]] as [[UInt8]] {
            let header =
                Array("{\"".utf8) + name
                + Array("\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,8]}}".utf8)
            #expect(try error(bytes(header, data: 8))?.kind == .malformed)
        }
    }

    @Test("an empty file of tensors, padding and unknown members are accepted")
    func accepted() throws {
        let scratch = try ScratchFolder()
        let texts = [
            "{}", "{}      ", #"{"__metadata__":{"k":"v"}}"#,
            #"{"e":{"dtype":"F32","shape":[0,5],"data_offsets":[0,0],"note":{"x":[1,null]}}}"#,
        ]
        for text in texts {
            let path = try scratch.put("x.safetensors", bytes(Array(text.utf8), data: 0))
            #expect(throws: Never.self) { try SafetensorsFile(path) }
        }
    }

    @Test("a damaged file is read or refused, and never ends the process")
    func mutations() throws {
        let original = try contents(fixtures + "/types.safetensors")
        let scratch = try ScratchFolder()
        var numbers = SeededNumbers(11)
        var refused = 0
        var read = 0
        let headerEnd = 8 + Int(original[0]) + Int(original[1]) << 8
        for _ in 0..<1500 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &numbers) {
                let place = Int.random(
                    in: 0..<(Bool.random(using: &numbers) ? headerEnd : bytes.count),
                    using: &numbers)
                guard place < bytes.count else { continue }
                switch Int.random(in: 0..<6, using: &numbers) {
                case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &numbers)
                case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &numbers)
                case 2: bytes.remove(at: place)
                case 3: bytes.insert(UInt8(ascii: "9"), at: place)
                case 4: bytes.removeSubrange(place...)
                default:
                    let end = min(bytes.count, place + 20)
                    bytes.insert(contentsOf: Array(bytes[place..<end]), at: place)
                }
                if bytes.isEmpty { break }
            }
            let path = try scratch.put("x.safetensors", bytes)
            do {
                let file = try SafetensorsFile(path)
                for name in file.names {
                    let count = try file.shape(of: name).reduce(1, *)
                    #expect(try file.bytes(name).count == count * file.dtype(of: name).width)
                    if try file.dtype(of: name).isFloatingPoint {
                        #expect(try file.floats(name).count == count)
                    } else {
                        #expect(try file.int64s(name).count == count)
                    }
                }
                read += 1
            } catch let error as ModelStoreError {
                #expect(!error.description.isEmpty)
                refused += 1
            }
        }
        // Both ways must have been gone, or the mutations say nothing.
        #expect(refused > 500 && read > 20, "\(refused) refused, \(read) read")
    }
}
