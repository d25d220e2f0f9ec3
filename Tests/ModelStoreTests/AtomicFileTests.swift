import Foundation
import ModelStore
import Testing

@Suite("Atomic files")
struct AtomicFileTests {
    private struct Interruption: Error {}

    @Test("a file is replaced as a whole and nothing is left beside it")
    func replaces() throws {
        let scratch = try ScratchFolder()
        let path = try scratch.put("x", "old and longer")
        try AtomicFile.write(Array("new".utf8), to: path)
        #expect(try contents(path) == Array("new".utf8))
        try AtomicFile.write(Data([1, 2]), to: path)
        #expect(try contents(path) == [1, 2])
        try AtomicFile.write("", to: path)
        #expect(try contents(path).isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["x"])
    }

    @Test("a writer that fails half-way leaves the old file and nothing else")
    func interrupted() throws {
        let scratch = try ScratchFolder()
        let path = try scratch.put("x", "old")
        #expect(throws: Interruption.self) {
            try AtomicFile.write(to: path) { sink in
                try sink.append(Array("half".utf8))
                throw Interruption()
            }
        }
        #expect(try contents(path) == Array("old".utf8))
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["x"])
    }

    @Test("a folder that is missing, a target that is a folder: errors that name the file")
    func unwritable() throws {
        let scratch = try ScratchFolder()
        let folder = scratch.file("folder")
        try FileManager.default.createDirectory(
            atPath: folder + "/inner", withIntermediateDirectories: true)
        for path in [scratch.file("absent/x"), folder] {
            let error = #expect(throws: ModelStoreError.self) {
                try AtomicFile.write([1], to: path)
            }
            #expect(error?.kind == .unwritable)
            #expect(error?.file == path)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["folder"])
    }

    @Test("the longest names that a folder can hold can be written")
    func longNames() throws {
        let scratch = try ScratchFolder()
        let path = scratch.file(String(repeating: "ä", count: 120) + "end")
        try AtomicFile.write([5], to: path)
        #expect(try contents(path) == [5])
    }
}
