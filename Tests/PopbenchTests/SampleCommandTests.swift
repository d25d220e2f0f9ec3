import DiffusionModels
import Foundation
import ModelStore
import NeuralLayers
import Pictures
import TensorCore
import Testing
import TrainingEngine

@Suite("popbench sample", .serialized)
struct SampleCommandTests {
    private let scratch: Scratch
    private let program: Program

    init() throws {
        scratch = try Scratch()
        program = Program(scratch)
        try ModelFolders.captions().write(to: scratch.path + "/model")
    }

    private func sample(
        _ prompt: String = "a judge", count: Int = 3, seed: Int = 1, output: String,
        model: String = "model", more: [String] = []
    ) throws -> Program.Outcome {
        try program.run(
            [
                "sample", "--prompt", prompt, "--count", "\(count)", "--seed", "\(seed)",
                "--output", output, "--steps", "2", "--model", model,
            ] + more)
    }

    @Test("the same seed gives the same pictures, another seed others")
    func seeds() throws {
        for (name, seed) in [("one", 1), ("same", 1), ("other", 2)] {
            let outcome = try sample(seed: seed, output: name)
            #expect(outcome.status == 0 && outcome.errors.isEmpty)
            #expect(scratch.names(in: name) == ["0000.png", "0001.png", "0002.png"])
        }
        for name in scratch.names(in: "one") {
            #expect(try scratch.bytes("one/" + name) == scratch.bytes("same/" + name))
            #expect(try scratch.bytes("one/" + name) != scratch.bytes("other/" + name))
            let picture = try Picture(readingPNG: "\(scratch.path)/one/\(name)")
            #expect(picture.width == 32 && picture.height == 32)
        }
        #expect(try scratch.bytes("one/0000.png") != scratch.bytes("one/0001.png"))
    }

    @Test("a sheet is as wide as it is high, and sharper guidance makes another one")
    func sheet() throws {
        #expect(try sample(count: 9, output: "a.png").status == 0)
        let sheet = try Picture(readingPNG: scratch.path + "/a.png")
        #expect(sheet.width == 3 * 34 + 2 && sheet.height == 3 * 34 + 2)
        #expect(try sample(count: 9, output: "b.PNG", more: ["--guidance-scale", "8"]).status == 0)
        #expect(try scratch.bytes("a.png") != scratch.bytes("b.PNG"))
    }

    @Test("spelling, case and article of a caption do not matter, its words do")
    func canonicalForm() throws {
        let plain = try sample("a medium-dark-skinned woman judge", output: "plain")
        #expect(plain.output.contains("\"a medium-dark-skinned woman judge\""))
        #expect(try sample("  Medium-Dark-Skinned  WOMAN judge ", output: "odd").status == 0)
        #expect(try sample("a light-skinned man judge", output: "man").status == 0)
        #expect(try scratch.bytes("plain/0000.png") == scratch.bytes("odd/0000.png"))
        #expect(try scratch.bytes("plain/0000.png") != scratch.bytes("man/0000.png"))
    }

    @Test("an unknown word is named, with the words that exist")
    func unknownWord() throws {
        let outcome = try sample("a happy judge", output: "x.png")
        #expect(outcome.isRefusal)
        #expect(outcome.errors.contains("unknown word \"happy\""))
        for word in ["judge", "astronaut", "woman", "medium-dark-skinned"] {
            #expect(outcome.errors.contains(word))
        }
        #expect(!scratch.names().contains("x.png"))
    }

    @Test("a model with a vocabulary of its own takes any text")
    func otherVocabulary() throws {
        try ModelFolders.anyText(in: scratch).write(to: scratch.path + "/other")
        let outcome = try sample("a happy plumber", output: "x", model: "other")
        #expect(outcome.status == 0 && outcome.errors.isEmpty)
        #expect(scratch.names(in: "x").count == 3)
    }

    @Test("pictures of a sample are replaced whole, and nothing else ever is")
    func replacing() throws {
        #expect(try sample(count: 3, output: "out").status == 0)
        #expect(try sample(count: 2, seed: 5, output: "out/").status == 0)
        #expect(scratch.names(in: "out") == ["0000.png", "0001.png"])
        try scratch.write("mine", to: "out/notes.txt")
        let refused = try sample(output: "out")
        #expect(refused.isRefusal)
        #expect(scratch.names(in: "out") == ["0000.png", "0001.png", "notes.txt"])
        try scratch.write("mine", to: "file")
        #expect(try sample(output: "file").isRefusal)
        #expect(try scratch.bytes("file") == Data("mine".utf8))
        #expect(try sample(output: "no/folder/x.png").isRefusal)
        #expect(scratch.names().allSatisfy { !$0.hasSuffix(".partial") })
    }

    @Test("more steps than the schedule has are refused")
    func tooManySteps() throws {
        let outcome = try program.run(
            "sample", "--prompt", "a judge", "--output", "x", "--model", "model", "--steps", "1001")
        #expect(outcome.isRefusal)
        #expect(outcome.errors.contains("1 to 1000"))
        #expect(!scratch.names().contains("x"))
    }

    /// A way to spoil a model's folder, and a word that its error has to say.
    struct Damage: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let says: String
        let spoil: @Sendable (_ folder: String) throws -> Void

        init(_ name: String, says: String, _ spoil: @escaping @Sendable (String) throws -> Void) {
            (testDescription, self.says, self.spoil) = (name, says, spoil)
        }

        static let unetWeights = "/unet/diffusion_pytorch_model.safetensors"

        static func replace(
            _ text: String, by other: String, in file: String
        ) -> @Sendable (String) throws -> Void {
            { folder in
                let old = try String(contentsOfFile: folder + file, encoding: .utf8)
                try #require(old.contains(text), "\(file) is not what the test takes it for")
                try Data(old.replacingOccurrences(of: text, with: other).utf8)
                    .write(to: URL(fileURLWithPath: folder + file))
            }
        }

        static func overwrite(
            _ bytes: [UInt8], in file: String
        ) -> @Sendable (String) throws -> Void {
            { try Data(bytes).write(to: URL(fileURLWithPath: $0 + file)) }
        }

        static let all: [Damage] = [
            Damage("no index", says: "model_index.json") {
                try FileManager.default.removeItem(atPath: $0 + "/model_index.json")
            },
            Damage(
                "an index that is no JSON", says: "model_index.json",
                overwrite([0x7B], in: "/model_index.json")),
            Damage(
                "a lying pixel factor", says: "pixel_unshuffle_factor",
                replace(
                    "\"pixel_unshuffle_factor\": 2", by: "\"pixel_unshuffle_factor\": 900000000000",
                    in: "/model_index.json")),
            Damage("no weights", says: "diffusion_pytorch_model.safetensors") {
                try FileManager.default.removeItem(atPath: $0 + unetWeights)
            },
            Damage("truncated weights", says: "diffusion_pytorch_model.safetensors") {
                guard truncate($0 + unetWeights, 10_000) == 0 else {
                    throw CocoaError(.fileWriteUnknown)
                }
            },
            Damage(
                "a header longer than the file", says: "diffusion_pytorch_model.safetensors",
                overwrite([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0x7B], in: unetWeights)),
            Damage("a pipe in place of weights", says: "model.safetensors") {
                let path = $0 + "/text_encoder/model.safetensors"
                try FileManager.default.removeItem(atPath: path)
                guard mkfifo(path, 0o600) == 0 else { throw CocoaError(.fileWriteUnknown) }
            },
            Damage(
                "wider layers than the weights", says: "conv_in",
                replace("16,\n    32", by: "32,\n    32", in: "/unet/config.json")),
            Damage(
                "layers wider than any memory", says: "config.json",
                replace("16,\n    32", by: "1600000000,\n    3200000000", in: "/unet/config.json")),
            Damage(
                "a hidden size below zero", says: "hidden_size",
                replace(
                    "\"hidden_size\": 32", by: "\"hidden_size\": -32",
                    in: "/text_encoder/config.json")),
            Damage(
                "a schedule of no steps", says: "num_train_timesteps",
                replace(
                    "\"num_train_timesteps\": 1000", by: "\"num_train_timesteps\": 0",
                    in: "/scheduler/scheduler_config.json")),
            Damage(
                "an empty vocabulary", says: "vocabulary",
                overwrite(Array("{}".utf8), in: "/tokenizer/vocab.json")),
        ]
    }

    @Test(
        "a hostile model's folder is refused in one line that says what is wrong",
        arguments: Damage.all)
    func hostileModel(damage: Damage) throws {
        try damage.spoil(scratch.path + "/model")
        let outcome = try sample(output: "x.png")
        #expect(outcome.isRefusal, "\(outcome)")
        #expect(outcome.errors.contains(damage.says), "\(outcome.errors)")
        #expect(!scratch.names().contains("x.png"))
    }

    @Test("a model that is not there is refused", arguments: ["nowhere", "/dev/null", ""])
    func missingModel(path: String) throws {
        #expect(try sample(output: "x.png", model: path).isRefusal)
    }
}
