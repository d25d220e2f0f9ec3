import Foundation
import ModelStore
import Testing

@Suite("Configurations")
struct ConfigurationTests {
    private func read<Value: ComponentConfiguration>(_ text: String) throws -> Value {
        try Value(json: JSONValue.parse(Array(text.utf8), file: "config.json"), file: "config.json")
    }

    @Test("the files that the Python libraries write by default are read as their defaults")
    func defaults() throws {
        #expect(
            try UNet2DConditionConfiguration(contentsOf: fixtures + "/unet_default.json")
                == UNet2DConditionConfiguration())
        #expect(
            try CLIPTextConfiguration(contentsOf: fixtures + "/text_default.json")
                == CLIPTextConfiguration())
        #expect(
            try DDIMSchedulerConfiguration(contentsOf: fixtures + "/scheduler_default.json")
                == DDIMSchedulerConfiguration())
        #expect(try read("{}") == UNet2DConditionConfiguration())
        #expect(try read("{}") == CLIPTextConfiguration())
        #expect(try read("{}") == DDIMSchedulerConfiguration())
    }

    @Test("a small U-Net of diffusers is read key by key")
    func smallUNet() throws {
        let unet = try UNet2DConditionConfiguration(contentsOf: fixtures + "/unet_small.json")
        #expect(unet.blockOutChannels == [64, 96])
        #expect(unet.downBlockTypes == [.plain, .crossAttention])
        #expect(unet.upBlockTypes == [.crossAttention, .plain])
        #expect(unet.sampleSize == [16, 16])
        #expect(unet.layersPerBlock == .same(1))
        #expect(unet.attentionHeads == .same(4))
        #expect(unet.normNumGroups == 16)
        #expect(unet.crossAttentionDim == 64)
        #expect(unet.inChannels == 12 && unet.outChannels == 12)
        #expect(unet.timeEmbeddingWidth == 256)
    }

    @Test("models have as many parameters as in Python, for U-Nets and text encoders of all shapes")
    func parameterCounts() throws {
        let counts = try #require(try JSONValue.read(fixtures + "/counts.json").members)
        func cases(_ key: String) throws -> [(JSONValue, Int)] {
            guard case .array(let list)? = counts[key] else { return [] }
            return try list.map {
                let members = try #require($0.members)
                return (
                    try #require(members["configuration"]), try #require(members["count"]?.integer)
                )
            }
        }
        let unets = try cases("unet")
        #expect(unets.count == 24)
        for (json, count) in unets {
            let unet = try UNet2DConditionConfiguration(json: json, file: "counts.json")
            #expect(unet.parameterCount == count)
            #expect(try UNet2DConditionConfiguration(json: unet.json, file: "again") == unet)
        }
        let texts = try cases("text")
        #expect(texts.count == 3)
        for (json, count) in texts {
            let text = try CLIPTextConfiguration(json: json, file: "counts.json")
            #expect(text.parameterCount == count)
            #expect(try CLIPTextConfiguration(json: text.json, file: "again") == text)
        }
    }

    @Test("the reference models' files hold as many numbers as their configurations say")
    func referenceModels() throws {
        let folder = fixtures + "/../../DiffusionModelsTests/Fixtures"
        for name in ["unet-default", "unet-other"] {
            let unet = try UNet2DConditionConfiguration(contentsOf: "\(folder)/\(name)/config.json")
            let file = try SafetensorsFile(
                "\(folder)/\(name)/diffusion_pytorch_model.safetensors")
            #expect(try size(of: file) == unet.parameterCount)
        }
        for name in ["text-encoder", "text-encoder-gelu"] {
            let text = try CLIPTextConfiguration(contentsOf: "\(folder)/\(name)/config.json")
            let file = try SafetensorsFile("\(folder)/\(name)/model.safetensors")
            #expect(try size(of: file) == text.parameterCount)
            #expect(text.activation == (name == "text-encoder" ? .quickGELU : .gelu))
        }
    }

    private func size(of file: SafetensorsFile) throws -> Int {
        try file.names.filter { try file.dtype(of: $0).isFloatingPoint }
            .reduce(0) { try $0 + file.shape(of: $1).reduce(1, *) }
    }

    @Test("values set by hand are checked before they are written")
    func checkedBeforeWriting() throws {
        let scratch = try ScratchFolder()
        var unet = UNet2DConditionConfiguration()
        unet.normNumGroups = 7
        unet.normEps = .nan
        #expect(throws: ModelStoreError.self) { try unet.write(to: scratch.file("config.json")) }
        #expect(!FileManager.default.fileExists(atPath: scratch.file("config.json")))
        var scheduler = DDIMSchedulerConfiguration()
        scheduler.trainTimesteps = 0
        let error = #expect(throws: ModelStoreError.self) { try scheduler.checked() }
        #expect(error?.subject == "num_train_timesteps")
    }

    @Test(
        "a U-Net's value outside the supported subset is named",
        arguments: [
            ("class_embed_type", #""timestep""#), ("act_fn", #""mish""#),
            ("addition_embed_type", #""text_time""#), ("num_class_embeds", "10"),
            ("resnet_time_scale_shift", #""scale_shift""#), ("dual_cross_attention", "true"),
            ("only_cross_attention", "true"), ("only_cross_attention", "[true,false,true,true]"),
            ("mid_block_type", "null"), ("mid_block_type", #""UNetMidBlock2D""#),
            ("down_block_types", #"["DownBlock2D","AttnDownBlock2D"]"#), ("down_block_types", "[]"),
            ("up_block_types", #""UpBlock2D""#), ("num_attention_heads", "8"),
            ("downsample_padding", "0"), ("center_input_sample", "true"),
            ("mid_block_scale_factor", "1.5"), ("time_embedding_type", #""fourier""#),
            ("norm_num_groups", "null"), ("norm_num_groups", "0"), ("norm_eps", "0"),
            ("norm_eps", #""small""#), ("in_channels", "-4"), ("in_channels", "4.5"),
            ("in_channels", "99999999"), ("block_out_channels", "320"),
            ("block_out_channels", "[320,\"640\"]"), ("attention_head_dim", "0"),
            ("cross_attention_dim", "null"), ("cross_attention_dim", "[8,8,16,16]"),
            ("transformer_layers_per_block", "[[1,1],1,1,1]"), ("layers_per_block", "null"),
            ("flip_sin_to_cos", "1"), ("sample_size", "[64]"), ("sample_size", "0"),
            ("conv_in_kernel", "5"), ("dropout", "0.1"), ("some_new_key", "7"),
            ("_class_name", #""UNet2DModel""#),
        ])
    func unsupportedUNet(key: String, value: String) throws {
        let error = #expect(throws: ModelStoreError.self) {
            let _: UNet2DConditionConfiguration = try read("{\"\(key)\":\(value)}")
        }
        #expect(error?.kind == .unsupportedValue)
        #expect(error?.subject == key)
        let text = try #require(error).description
        #expect(text.contains("config.json") && text.contains("supported is"))
    }

    @Test(
        "values of a U-Net that contradict each other are errors",
        arguments: [
            ("up_block_types", #"{"up_block_types":["UpBlock2D"]}"#),
            ("layers_per_block", #"{"layers_per_block":[1,2]}"#),
            ("transformer_layers_per_block", #"{"transformer_layers_per_block":[1,2,3]}"#),
            ("attention_head_dim", #"{"attention_head_dim":[1,2,3,4,5]}"#),
            ("attention_head_dim", #"{"attention_head_dim":7}"#),
            ("norm_num_groups", #"{"norm_num_groups":48}"#),
            ("block_out_channels", #"{"freq_shift":160}"#),
            ("block_out_channels", #"{"block_out_channels":[16384,16384,16384,16384]}"#),
        ])
    func contradictions(key: String, text: String) throws {
        let error = #expect(throws: ModelStoreError.self) {
            let _: UNet2DConditionConfiguration = try read(text)
        }
        #expect(error?.kind == .inconsistent)
        #expect(error?.subject == key)
    }

    @Test("keys that say nothing are ignored")
    func harmless() throws {
        let unet: UNet2DConditionConfiguration = try read(
            #"{"_name_or_path":"x","new_key":null,"other_key":false,"upcast_attention":true,"act_fn":"swish","cross_attention_dim":[768,768,768,768]}"#
        )
        #expect(unet.crossAttentionDim == 768)
        let text: CLIPTextConfiguration = try read(
            #"{"torch_dtype":"float32","top_k":50,"transformers_version":"4.30.0","eos_token_id":null}"#
        )
        #expect(text.eosTokenID == nil)
    }

    @Test(
        "a text encoder's or scheduler's value outside the supported subset is named",
        arguments: [
            ("hidden_act", #""gelu_new""#), ("model_type", #""clip""#), ("vocab_size", "0"),
            ("hidden_size", "1e9"), ("attention_dropout", "0.1"), ("num_hidden_layers", "-1"),
            ("architectures", #"["T5EncoderModel"]"#), ("max_position_embeddings", #""77""#),
        ])
    func unsupportedText(key: String, value: String) {
        let error = #expect(throws: ModelStoreError.self) {
            let _: CLIPTextConfiguration = try read("{\"\(key)\":\(value)}")
        }
        #expect(error?.kind == .unsupportedValue)
        #expect(error?.subject == key)
    }

    @Test(
        "a scheduler's value outside the supported subset is named",
        arguments: [
            ("beta_schedule", #""sigmoid""#), ("trained_betas", "[0.1]"), ("thresholding", "true"),
            ("prediction_type", #""flow""#), ("timestep_spacing", #""random""#),
            ("num_train_timesteps", "0"), ("num_train_timesteps", "1000000000"),
            ("beta_start", "1"), ("clip_sample_range", "-1"), ("_class_name", #""PNDMScheduler""#),
        ])
    func unsupportedScheduler(key: String, value: String) {
        let error = #expect(throws: ModelStoreError.self) {
            let _: DDIMSchedulerConfiguration = try read("{\"\(key)\":\(value)}")
        }
        #expect(error?.kind == .unsupportedValue)
        #expect(error?.subject == key)
    }

    @Test("heads that do not divide the width, noise prediction without signal: errors")
    func otherContradictions() {
        #expect(throws: ModelStoreError.self) {
            let _: CLIPTextConfiguration = try read(#"{"hidden_size":100,"num_attention_heads":7}"#)
        }
        #expect(throws: ModelStoreError.self) {
            let _: DDIMSchedulerConfiguration = try read(#"{"rescale_betas_zero_snr":true}"#)
        }
        #expect(throws: Never.self) {
            let _: DDIMSchedulerConfiguration = try read(
                #"{"rescale_betas_zero_snr":true,"prediction_type":"v_prediction"}"#)
        }
    }

    @Test("configurations survive Foundation's coders, with their checks")
    func codable() throws {
        var unet = UNet2DConditionConfiguration()
        unet.layersPerBlock = .each([1, 2, 3, 4])
        unet.sampleSize = [64, 32]
        let data = try JSONEncoder().encode(unet)
        #expect(try JSONDecoder().decode(UNet2DConditionConfiguration.self, from: data) == unet)
        #expect(throws: ModelStoreError.self) {
            try JSONDecoder().decode(
                UNet2DConditionConfiguration.self, from: Data(#"{"act_fn":"relu"}"#.utf8))
        }
    }
}
