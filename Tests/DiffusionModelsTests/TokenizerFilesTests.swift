import DiffusionModels
import Foundation
import ModelStore
import Testing

@Suite("Tokenizer files")
struct TokenizerFilesTests {
    private static let vocabulary =
        #"{"<|startoftext|>":0,"<|endoftext|>":1,"a":2,"b</w>":3,"ab</w>":4}"#

    /// Opens a folder with the given files, which is removed again.
    private func open(_ files: [String: String]) throws -> CLIPTokenizer {
        let folder = NSTemporaryDirectory() + "/popbench-tokenizer-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (name, text) in files {
            try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)"))
        }
        return try CLIPTokenizer(folder: folder)
    }

    @Test("the smallest folder works, and what it lacks is the unknown token")
    func smallest() throws {
        let tokenizer = try open([
            "vocab.json": Self.vocabulary, "merges.txt": "#version: 0.2\r\na b</w>\r\n",
        ])
        #expect(tokenizer.encode("AB aXb") == [0, 4, 2, 1, 3, 1])
        #expect(tokenizer.maximumLength == nil)
    }

    @Test(
        "a vocabulary that lies is an error that names the file",
        arguments: [
            ("{", "a b</w>"), ("[]", ""), (#"{"a":-1}"#, ""), (#"{"a":1.5}"#, ""),
            (#"{"a":"x"}"#, ""), (#"{"a":99999999999}"#, ""), (#"{"a":1,"b":1}"#, ""),
            (#"{"a":1,"a":2}"#, ""), (#"{"a":1}"#, ""), (vocabulary, "a"), (vocabulary, "a  b</w>"),
            (vocabulary, "a b</w> a"), (vocabulary, "a c"), (vocabulary, "b</w> a"),
            (vocabulary, " a"),
        ])
    func lies(vocabulary: String, merges: String) {
        let error = #expect(throws: ModelStoreError.self) {
            try open(["vocab.json": vocabulary, "merges.txt": merges])
        }
        #expect(error?.file.contains("popbench-tokenizer") == true)
        #expect(error?.kind == .malformed || error?.kind == .duplicateName)
    }

    @Test(
        "a folder without a vocabulary, or with half of one, is an error that names what is missing"
    )
    func missing() {
        for files in [[:], ["merges.txt": ""]] as [[String: String]] {
            let error = #expect(throws: ModelStoreError.self) { try open(files) }
            #expect(error?.kind == .unreadable)
            #expect(error?.file.hasSuffix("vocab.json") == true)
        }
        let error = #expect(throws: ModelStoreError.self) {
            try open(["vocab.json": Self.vocabulary])
        }
        #expect(error?.file.hasSuffix("merges.txt") == true)
    }

    @Test(
        "a tokenizer.json of another kind is refused",
        arguments: [
            #"{}"#, #"{"model":{"type":"Unigram","vocab":[]}}"#,
            #"{"model":{"type":"BPE","vocab":{},"merges":[]}}"#,
            #"{"model":{"vocab":{"a":1},"merges":["a"]}}"#,
            #"{"model":{"vocab":{"a":1},"merges":[["a","b","c"]]}}"#,
            #"{"model":{"vocab":{"a":1},"merges":[],"end_of_word_suffix":""}}"#,
            #"{"model":{"vocab":{"a":1},"merges":[],"byte_fallback":true}}"#,
            #"{"model":{"vocab":{"<|startoftext|>":0,"<|endoftext|>":1,"<x>":2},"merges":[]},"added_tokens":[{"content":"<x>"}]}"#,
        ])
    func otherKinds(text: String) {
        #expect(throws: ModelStoreError.self) { try open(["tokenizer.json": text]) }
    }
}
