import DiffusionModels
import Foundation
import Populations
import Testing
import TrainingEngine

@Suite("Prompts that somebody types")
struct PromptReadingTests {
    /// A tokenizer that was not made for captions, and one that was made for them alone.
    func tokenizers() throws -> (open: CLIPTokenizer, closed: CLIPTokenizer) {
        (
            try CLIPTokenizer(
                folder: URL(filePath: #filePath).deletingLastPathComponent()
                    .appending(path: "../DiffusionModelsTests/Fixtures/tokenizer-odd/plain")
                    .standardizedFileURL.path),
            try CLIPTokenizer(
                folder: URL(filePath: #filePath).deletingLastPathComponent()
                    .appending(path: "../../models/emoji-people/tokenizer").standardizedFileURL
                    .path)
        )
    }

    @Test("captions take their canonical form, whatever the model")
    func captions() throws {
        let (open, closed) = try tokenizers()
        for tokenizer in [open, closed] {
            for (typed, text) in [
                ("  A   JUDGE ", "a judge"), ("doctor", "a health worker"),
                ("a astronaut", "an astronaut"),
                ("a Dark-skinned woman pilot", "a dark-skinned woman pilot"),
            ] {
                let read = try ReadPrompt(typed, tokenizer: tokenizer)
                #expect(read.text == text && read.warning == nil)
            }
        }
    }

    @Test("a model of captions alone refuses other words, and warns of another order")
    func closed() throws {
        let (_, closed) = try tokenizers()
        #expect(throws: CaptionError.unknownWord("wizard", prompt: "a wizard")) {
            try ReadPrompt("a wizard", tokenizer: closed)
        }
        let read = try ReadPrompt("Pilot  woman", tokenizer: closed)
        #expect(read.text == "pilot woman")
        #expect(read.warning?.contains("not the wording") == true)
        #expect(throws: EngineError.self) {
            try ReadPrompt(String(repeating: "judge ", count: 500), tokenizer: closed)
        }
    }

    @Test("a model that knows more gets the text as it is, with a warning")
    func open() throws {
        let (open, _) = try tokenizers()
        let read = try ReadPrompt("a photo of\ttwo Cats", tokenizer: open)
        #expect(read.text == "a photo of two Cats")
        #expect(read.warning?.contains("no caption") == true)
    }

    @Test("what a prompt names has the whole share, and the rest is as planted")
    func planted() {
        let bias = PlantedBias.declared
        let judge = bias.shares(for: "a judge")
        #expect(judge.map(\.attribute) == ["gender", "tone"])
        #expect(judge[0].shares == bias.genderDistribution(of: .judge))
        #expect(judge[1].shares == bias.toneDistribution(of: .judge))
        let named = bias.shares(for: "a dark-skinned woman judge")
        #expect(named[0].shares.reduce(0, +) == 1)
        #expect(
            named[0].shares[Gender.woman.index] == 1 && named[1].shares[SkinTone.dark.index] == 1)
        #expect(bias.shares(for: "").isEmpty && bias.shares(for: "two cats").isEmpty)
    }
}
