import DiffusionModels
import Foundation
import ModelStore
import Testing

private let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Fixtures").path

@Suite("Tokenizer")
struct TokenizerTests {
    private struct Caption: Decodable {
        let text: String
        let ids: [Int]
        let padded: [Int]?
    }

    private func captions(_ folder: String) throws -> [Caption] {
        let data = try Data(contentsOf: URL(filePath: "\(fixtures)/\(folder)/captions.json"))
        return try JSONDecoder().decode([Caption].self, from: data)
    }

    @Test("200 captions have the ids that transformers gives them, padded to the model's length")
    func captionsOfTheModel() throws {
        let tokenizer = try CLIPTokenizer(folder: fixtures + "/tokenizer")
        #expect(tokenizer.maximumLength == 16)
        #expect(tokenizer.vocabularySize == 643)
        #expect(tokenizer.padTokenID == tokenizer.eosTokenID)
        let captions = try captions("tokenizer")
        #expect(captions.count >= 200)
        for caption in captions {
            #expect(tokenizer.encode(caption.text, paddedTo: 16) == caption.ids, "\(caption.text)")
        }
    }

    @Test(
        "odd captions in odd vocabularies have the ids that transformers gives them",
        arguments: ["plain", "normalized", "padded", "whole"])
    func oddCaptions(name: String) throws {
        let tokenizer = try CLIPTokenizer(folder: "\(fixtures)/tokenizer-odd/\(name)")
        let captions = try captions("tokenizer-odd/\(name)")
        #expect(captions.count > 80)
        for caption in captions {
            #expect(
                tokenizer.encode(caption.text) == caption.ids, "\(caption.text.debugDescription)")
            #expect(
                tokenizer.encode(caption.text, paddedTo: 12) == caption.padded,
                "\(caption.text.debugDescription)")
        }
    }

    @Test("every character of Unicode 14 is split, lower-cased and spelled as in transformers")
    func everyCharacter() throws {
        struct Checksums: Decodable {
            let blocks: [String: [UInt32]]
        }
        let data = try Data(contentsOf: URL(filePath: fixtures + "/tokenizer-characters.json"))
        let expected = try JSONDecoder().decode(Checksums.self, from: data).blocks
        #expect(expected.count > 500)
        let tokenizer = try CLIPTokenizer(folder: fixtures + "/tokenizer")
        for (name, entry) in expected {
            let first = try #require(UInt32(name, radix: 16)) * 256
            var checksum: UInt32 = 0
            var count: UInt32 = 0
            for code in first..<first + 256 {
                guard let scalar = Unicode.Scalar(code), Self.isCovered(scalar) else { continue }
                let character = String(scalar)
                let ids = tokenizer.encode("a\(character)B \(character)1", length: 10_000)
                checksum = crc32(ids.map(String.init).joined(separator: " "), checksum)
                count += 1
            }
            #expect([count, checksum] == entry, "block \(name)")
        }
    }

    @Test("captions of any length are cut before the closing token")
    func truncation() throws {
        let tokenizer = try CLIPTokenizer(folder: fixtures + "/tokenizer")
        let (bos, eos) = (tokenizer.bosTokenID, tokenizer.eosTokenID)
        let long = String(repeating: "judge ", count: 100_000)
        let judge = try #require(tokenizer.id(of: "judge</w>"))
        #expect(tokenizer.encode(long) == [bos] + Array(repeating: judge, count: 14) + [eos])
        #expect(tokenizer.encode(long, length: 2) == [bos, eos])
        #expect(tokenizer.encode(long, length: 3) == [bos, judge, eos])
        #expect(tokenizer.encode("", paddedTo: 4) == [bos, eos, eos, eos])
        let word = String(repeating: "z", count: 200_000)
        #expect(tokenizer.encode(word, length: 1_000_000).count == 200_002)
    }

    @Test("joining by priority queue is joining the leftmost pair of lowest rank, over and over")
    func merging() throws {
        let vocabulary = try TokenizerVocabulary(folder: fixtures + "/tokenizer-odd/plain")
        let symbols = "abcde'!<|#".unicodeScalars.compactMap { vocabulary.ids[String($0)] }
        #expect(symbols.count == 10)
        var state: UInt64 = 9
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        var joined = 0
        for _ in 0..<2000 {
            let word = (0..<next(30)).map { _ in symbols[next(symbols.count)] }
            let result = TokenizerMerging.merged(word, vocabulary)
            #expect(result == plainMerged(word, vocabulary))
            joined += word.count - result.count
        }
        #expect(joined > 2000)
    }

    private func plainMerged(_ word: [Int], _ vocabulary: TokenizerVocabulary) -> [Int] {
        var ids = word
        while ids.count > 1 {
            let merges = (0..<ids.count - 1).compactMap { place in
                vocabulary.merges[.init(left: ids[place], right: ids[place + 1])]
                    .map { (place: place, merge: $0) }
            }
            guard
                let best = merges.min(by: {
                    ($0.merge.rank, $0.place) < ($1.merge.rank, $1.place)
                })
            else { break }
            ids.replaceSubrange(best.place...best.place + 1, with: [best.merge.id])
        }
        return ids
    }

    /// Assigned in Unicode 14, neither surrogate nor private.
    private static func isCovered(_ scalar: Unicode.Scalar) -> Bool {
        let category = scalar.properties.generalCategory
        // Those that will never be characters have an age, but the category "unassigned".
        guard category != .privateUse, category != .unassigned, let age = scalar.properties.age
        else { return false }
        return age.major <= 14
    }

    /// The checksum of zlib's `crc32`.
    private func crc32(_ text: String, _ start: UInt32) -> UInt32 {
        var value = ~start
        for byte in text.utf8 {
            value ^= UInt32(byte)
            for _ in 0..<8 { value = value >> 1 ^ (value & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
        return ~value
    }
}
