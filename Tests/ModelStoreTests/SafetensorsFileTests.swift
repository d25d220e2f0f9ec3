import Foundation
import ModelStore
import Testing

@Suite("Safetensors files")
struct SafetensorsFileTests {
    private let python = fixtures + "/types.safetensors"

    @Test("a file of Python's holds its tensors, shapes and types")
    func readsPython() throws {
        let file = try SafetensorsFile(python)
        #expect(file.metadata == ["format": "pt"])
        #expect(file.names.count == 11)
        #expect(try file.shape(of: "single") == [4, 4])
        #expect(try file.shape(of: "a.double") == [])
        #expect(try file.dtype(of: "brain") == .bfloat16)
        #expect(try file.floats("nothing") == [])
        #expect(try file.floats("Größe \"quoted\" \\ \n") == [1, 1])
        #expect(try file.int64s("truth") == [1, 0, 1])
        #expect(try file.bytes("byte") == [0, 1, 2, 3, 4])
    }

    @Test("every number is the one that Python prints", arguments: ["half", "brain", "single"])
    func valuesOfSingles(name: String) throws {
        let expected = try expectedTexts()[name, default: []].compactMap(Double.init)
        let values = try SafetensorsFile(python).floats(name)
        #expect(values.count == 16)
        #expect(values.map(Double.init) == expected)
    }

    @Test("doubles are rounded to singles, integers of all widths are widened")
    func otherValues() throws {
        let texts = try expectedTexts()
        let file = try SafetensorsFile(python)
        for name in ["a.double", "b.double"] {
            #expect(
                try file.floats(name) == texts[name]?.compactMap { Double($0).map { Float($0) } })
        }
        for name in ["long", "int", "byte"] {
            #expect(try file.int64s(name) == texts[name]?.compactMap { Int64($0) })
        }
    }

    @Test("the writer gives the very bytes of Python's writer, whatever the order of adding")
    func writesPythonsBytes() throws {
        let file = try SafetensorsFile(python)
        let scratch = try ScratchFolder()
        for seed in 0..<4 {
            var numbers = SeededNumbers(UInt64(seed))
            var writer = SafetensorsWriter(metadata: file.metadata)
            for name in file.names.shuffled(using: &numbers) {
                writer.add(
                    name, shape: try file.shape(of: name), bytes: try file.bytes(name),
                    as: try file.dtype(of: name))
            }
            try writer.write(to: scratch.file("types.safetensors"))
            #expect(try contents(scratch.file("types.safetensors")) == contents(python))
        }
    }

    @Test("what the writer converts, the reader gives back")
    func roundTrip() throws {
        let scratch = try ScratchFolder()
        let path = scratch.file("x.safetensors")
        var numbers = SeededNumbers(3)
        let floats = (0..<300_000).map { _ in Float.random(in: -4...4, using: &numbers) }
        var writer = SafetensorsWriter()
        for type in StoredType.allCases where type.isFloatingPoint {
            writer.add(type.rawValue, shape: [3, 100_000], floats: floats, as: type)
        }
        writer.add("doubles", shape: [2], doubles: [.pi, -.greatestFiniteMagnitude])
        writer.add("integers", shape: [1, 2], int64s: [.min, .max])
        try writer.write(to: path)
        let file = try SafetensorsFile(path)
        #expect(try file.floats("F32") == floats)
        #expect(try file.floats("F64") == floats)
        #expect(try file.floats("F16") == floats.map { Float(Float16($0)) })
        let errors = zip(try file.floats("BF16"), floats).map { abs($0 - $1) - abs($1) * 0x1p-8 }
        #expect(try #require(errors.max()) <= 0)
        #expect(try file.floats("doubles") == [Float(Double.pi), -.infinity])
        #expect(try file.int64s("integers") == [.min, .max])
        let header = try contents(path).prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        #expect(header % 8 == 0)
        #expect(file.metadata.isEmpty)
    }

    @Test("tensors that are missing or of another kind are errors that name them")
    func wrongRequests() throws {
        let file = try SafetensorsFile(python)
        func kind(_ body: () throws -> Void) -> ModelStoreError.Kind? {
            (#expect(throws: ModelStoreError.self) { try body() })?.kind
        }
        #expect(kind { _ = try file.floats("absent") } == .missingTensor)
        #expect(kind { _ = try file.shape(of: "absent") } == .missingTensor)
        #expect(kind { _ = try file.floats("long") } == .unexpectedTensor)
        #expect(kind { _ = try file.int64s("half") } == .unexpectedTensor)
        #expect(kind { try file.require("single", shape: [16]) } == .unexpectedTensor)
        #expect(throws: Never.self) { try file.require("single", shape: [4, 4]) }
        let error = #expect(throws: ModelStoreError.self) { try file.floats("ab\u{1B}[2Jsent") }
        let text = try #require(error).description
        #expect(text.contains("types.safetensors") && text.contains("ab\\u{1b}[2Jsent"))
    }

    @Test("a file cut short after it was opened is an error")
    func shortenedLater() throws {
        let scratch = try ScratchFolder()
        let path = try scratch.put("x.safetensors", contents(python))
        let file = try SafetensorsFile(path)
        #expect(truncate(path, 250) == 0)
        #expect(throws: ModelStoreError.self) { try file.floats("brain") }
    }

    @Test("folders, pipes and missing files are refused at once")
    func notFiles() throws {
        let scratch = try ScratchFolder()
        #expect(mkfifo(scratch.file("pipe"), 0o600) == 0)
        for path in [scratch.path, scratch.file("pipe"), scratch.file("absent"), "/dev/zero"] {
            let error = #expect(throws: ModelStoreError.self) { try SafetensorsFile(path) }
            #expect(error?.kind == .unreadable)
        }
    }

    private func expectedTexts() throws -> [String: [String]] {
        let data = try Data(contentsOf: URL(filePath: fixtures + "/types.json"))
        return try JSONDecoder().decode([String: [String]].self, from: data)
    }
}
