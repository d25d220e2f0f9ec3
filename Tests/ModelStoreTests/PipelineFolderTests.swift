import Foundation
import ModelStore
import Testing

@Suite("Pipeline folders")
struct PipelineFolderTests {
    /// The pipeline whose files under `Fixtures/written` Python has opened.
    private func write(to path: String) throws {
        let folder = PipelineFolder(path: path)
        try folder.create([.scheduler, .unet, .textEncoder, .tokenizer])
        let unet = try UNet2DConditionConfiguration(contentsOf: fixtures + "/unet_small.json")
        try unet.write(to: folder.folder(.unet).configuration)
        let text = try CLIPTextConfiguration(contentsOf: fixtures + "/text_small.json")
        try text.write(to: folder.folder(.textEncoder).configuration)
        var scheduler = DDIMSchedulerConfiguration()
        scheduler.betaSchedule = .squaredCosine
        scheduler.predictionType = .velocity
        scheduler.timestepSpacing = .trailing
        try scheduler.write(to: folder.folder(.scheduler).configuration)
        try TokenizerConfiguration(maximumLength: 16)
            .write(to: folder.folder(.tokenizer).configuration)
        let index = ModelIndex(
            pipelineClass: "WrittenPipeline", pipelineModule: "pipeline",
            settings: ["pixel_unshuffle": .integer(2)])
        try index.write(to: folder.indexPath)
    }

    @Test("what is written is, byte for byte, what Python was seen to open")
    func golden() throws {
        let scratch = try ScratchFolder()
        let written = fixtures + "/written/pipeline"
        // Once with this variable set, the files are made anew; Python must then check them again.
        let remake = ProcessInfo.processInfo.environment["POPBENCH_REMAKE_FIXTURES"] != nil
        let target = remake ? written : scratch.path
        try write(to: target)
        for file in [
            "model_index.json", "unet/config.json", "text_encoder/config.json",
            "scheduler/scheduler_config.json", "tokenizer/tokenizer_config.json",
        ] {
            #expect(try contents("\(target)/\(file)") == contents("\(written)/\(file)"), "\(file)")
        }
        let types = try SafetensorsFile(fixtures + "/types.safetensors")
        var writer = SafetensorsWriter(metadata: ["made": "by popbench"])
        for name in types.names {
            writer.add(
                name, shape: try types.shape(of: name), bytes: try types.bytes(name),
                as: try types.dtype(of: name))
        }
        let golden = fixtures + "/written/types.safetensors"
        let path = remake ? golden : scratch.file("types.safetensors")
        try writer.write(to: path)
        #expect(try contents(path) == contents(golden))
    }

    @Test("parts are found from the pipeline's folder and from their own")
    func locate() throws {
        let scratch = try ScratchFolder()
        try write(to: scratch.path)
        _ = try scratch.put("tokenizer/vocab.json", "{}")
        for component in [PipelineFolder.Component.unet, .textEncoder, .scheduler, .tokenizer] {
            let own = scratch.file(component.rawValue)
            for path in [scratch.path, own] {
                #expect(try PipelineFolder.locate(component, in: path).path == own)
            }
        }
        let other = #expect(throws: ModelStoreError.self) {
            try PipelineFolder.locate(.unet, in: scratch.file("text_encoder"))
        }
        #expect(other?.description.contains("holds no unet") == true)
        #expect(throws: ModelStoreError.self) {
            try PipelineFolder.locate(.classifier, in: scratch.file("nowhere"))
        }
        #expect(throws: Never.self) { try PipelineFolder(opening: scratch.path) }
        #expect(throws: ModelStoreError.self) {
            try PipelineFolder(opening: scratch.file("unet"))
        }
    }

    @Test("weights are the full file, else the half-precision one, else an error")
    func weights() throws {
        let scratch = try ScratchFolder()
        try write(to: scratch.path)
        let unet = PipelineFolder(path: scratch.path).folder(.unet)
        #expect(throws: ModelStoreError.self) { try unet.weights() }
        var writer = SafetensorsWriter()
        writer.add("half", shape: [1], floats: [1], as: .float16)
        try writer.write(to: unet.file("diffusion_pytorch_model.fp16.safetensors"))
        #expect(try unet.weights().names == ["half"])
        writer.add("whole", shape: [1], floats: [1])
        try writer.write(to: unet.file("diffusion_pytorch_model.safetensors"))
        #expect(try unet.weights().names == ["whole", "half"])
    }

    @Test("an index of Stable Diffusion is read, and its unsupported parts are named")
    func stableDiffusion() throws {
        let text = """
            {"_class_name": "StableDiffusionPipeline", "_diffusers_version": "0.6.0",
             "feature_extractor": ["transformers", "CLIPImageProcessor"],
             "requires_safety_checker": false, "safety_checker": [null, null],
             "scheduler": ["diffusers", "PNDMScheduler"],
             "text_encoder": ["transformers", "CLIPTextModel"],
             "tokenizer": ["transformers", "CLIPTokenizer"],
             "unet": ["diffusers", "UNet2DConditionModel"], "vae": ["diffusers", "AutoencoderKL"]}
            """
        let json = try JSONValue.parse(Array(text.utf8), file: "model_index.json")
        let index = try ModelIndex(json: json, file: "model_index.json")
        #expect(index.pipelineClass == "StableDiffusionPipeline")
        #expect(index.pipelineModule == nil)
        #expect(index.settings["requires_safety_checker"] == .flag(false))
        #expect(index.unsupportedComponents == ["feature_extractor", "scheduler", "vae"])
        #expect(try ModelIndex(json: index.json, file: "again") == index)
    }

    @Test("special tokens are read from both files, the map before the configuration")
    func specialTokens() throws {
        let scratch = try ScratchFolder()
        #expect(try TokenizerConfiguration(folder: scratch.path) == TokenizerConfiguration())
        _ = try scratch.put(
            "tokenizer_config.json",
            #"{"bos_token":{"__type":"AddedToken","content":"<|startoftext|>","lstrip":false,"normalized":true,"rstrip":false,"single_word":false},"eos_token":{"content":"<|endoftext|>","normalized":true},"unk_token":{"content":"<|endoftext|>","normalized":true},"pad_token":"<|endoftext|>","model_max_length":77,"tokenizer_class":"CLIPTokenizer","do_lower_case":true}"#
        )
        let plain = try TokenizerConfiguration(folder: scratch.path)
        #expect(plain.maximumLength == 77)
        #expect(plain.bosToken == .init("<|startoftext|>", isNormalized: true))
        // The pad token names the same text without that rule, and comes last.
        #expect(plain.eosToken == .init("<|endoftext|>"))
        _ = try scratch.put("special_tokens_map.json", #"{"pad_token":"!"}"#)
        let mapped = try TokenizerConfiguration(folder: scratch.path)
        #expect(mapped.padToken == .init("!"))
        #expect(mapped.eosToken == .init("<|endoftext|>", isNormalized: true))
        let data = try JSONEncoder().encode(mapped)
        #expect(try JSONDecoder().decode(TokenizerConfiguration.self, from: data) == mapped)
    }

    @Test(
        "tokenizers of another kind are refused by the key that says so",
        arguments: [
            ("tokenizer_class", #""T5Tokenizer""#), ("padding_side", #""left""#),
            ("bos_token", "7"), ("eos_token", #"{"content":"x","lstrip":true}"#),
            ("model_max_length", "1"), ("pad_token", #""""#),
        ])
    func otherTokenizers(key: String, value: String) throws {
        let scratch = try ScratchFolder()
        _ = try scratch.put("tokenizer_config.json", "{\"\(key)\":\(value)}")
        let error = #expect(throws: ModelStoreError.self) {
            try TokenizerConfiguration(folder: scratch.path)
        }
        #expect(error?.subject == key)
    }
}
