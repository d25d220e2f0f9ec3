import DiffusionModels
import Foundation
import ModelStore
import TensorCore
import Testing

@Suite("Guided sampling")
struct SamplerTests {
    @Test(
        "a whole guided sample from fixed noise is that of diffusers, step by step",
        arguments: ["epsilon-leading", "epsilon-leading-offset", "v-trailing"])
    func reference(name: String) throws {
        MatrixKernel.open()
        let (unet, weights) = try UNet.open("\(referenceFolder)/unet-default")
        let folder = "\(referenceFolder)/ddim/\(name)"
        let scheduler = DDIMScheduler(
            try DDIMSchedulerConfiguration(contentsOf: "\(folder)/scheduler_config.json"))
        let file = try SafetensorsFile("\(folder)/io.safetensors")
        let shape = try file.shape(of: "sample.0")
        let (batch, channels) = (shape[0], shape[1])
        func stored(_ name: String) throws -> [Float] {
            channelsLast(try file.floats(name), batch: batch, channels: channels)
        }
        let scale = try #require(try file.floats("guidance_scale").first)
        #expect(scale != 1)
        let steps = try scheduler.steps(5)
        #expect(steps.map(\.timestep) == (try file.int64s("timesteps").map { Int($0) }))

        let denoiser = GuidedDenoiser(
            unet: unet, weights: weights, scheduler: scheduler, guidanceScale: scale)
        var sample = try stored("sample.0")
        var after: [[Float]] = []
        denoiser.denoise(
            &sample, count: batch, height: shape[2], width: shape[3], steps: steps,
            contexts: try file.floats("encoder_hidden_states"),
            emptyContexts: try file.floats("negative_encoder_hidden_states"),
            tokens: try file.shape(of: "encoder_hidden_states")[1], pool: ArenaPool(),
            afterStep: { step, sample in
                #expect(step == after.count + 1)
                after.append(sample)
            })
        #expect(after.count == 5 && after.last == sample)
        for (index, found) in after.enumerated() {
            let difference = relativeDifference(found, try stored("sample.\(index + 1)"))
            #expect(difference <= 2e-4, "after step \(index + 1)")
        }
    }

    private func request(
        _ prompts: [String], noise: [Int]? = nil, seed: UInt64 = 3, guidance: Float = 2
    ) -> SamplingRequest {
        SamplingRequest(
            prompts: prompts, noise: noise ?? Array(prompts.indices), seed: seed,
            inferenceSteps: 3, guidanceScale: guidance)
    }

    private let prompts = ["a judge", "a woman pilot", "", "a judge", "a cook", "a man", "a guard"]

    @Test("pictures are the shuffled samples that guided denoising makes of the seed's noise")
    func pictures() throws {
        let pipeline = try drawnPipeline()
        let pictures = try #require(try Sampler(pipeline).sample(request(["a judge"], noise: [5])))
        #expect(pictures.count == 8 * 8 * 3)
        #expect(pictures.allSatisfy { $0 >= -1 && $0 <= 1 })

        var random = Philox(seed: 3, purpose: .sampling, sample: 5)
        var sample = [Float](repeating: 0, count: 4 * 4 * 12)
        random.fillNormal(&sample, count: sample.count)
        GuidedDenoiser(
            unet: pipeline.unet, weights: pipeline.unetWeights, scheduler: pipeline.scheduler,
            guidanceScale: 2
        ).denoise(
            &sample, count: 1, height: 4, width: 4, steps: try pipeline.scheduler.steps(3),
            contexts: pipeline.context(for: "a judge"), emptyContexts: pipeline.context(for: ""),
            tokens: pipeline.contextTokens, pool: ArenaPool())
        var expected = [Float](repeating: 0, count: sample.count)
        PixelShuffle.shuffle(sample, height: 8, width: 8, channels: 3, factor: 2, into: &expected)
        #expect(pictures == expected.map { min(1, max(-1, $0)) })
    }

    @Test("a picture depends on its prompt, its noise and the seed, not on its neighbours")
    func independence() throws {
        let pipeline = try drawnPipeline()
        let sampler = Sampler(pipeline)
        func sample(_ request: SamplingRequest) throws -> [[Float]] {
            let pixels = try #require(try sampler.sample(request))
            return stride(from: 0, to: pixels.count, by: 192).map { Array(pixels[$0..<($0 + 192)]) }
        }
        let all = try sample(request(prompts))
        for (index, prompt) in prompts.enumerated() {
            let alone = try sample(request([prompt], noise: [index]))[0]
            // The number of rows in a product may change its rounding.
            #expect(relativeDifference(alone, all[index], floor: 1) <= 1e-4)
        }
        #expect(relativeDifference(all[0], all[3]) > 1e-2, "another noise")
        let same = try sample(request(["a judge", "a judge"], noise: [0, 0]))
        #expect(same[0] == same[1])
        let other = try sample(request(["a cook"], noise: [0]))
        #expect(other[0] != same[0], "another prompt")
        let seeds = try sample(request(["a judge"], noise: [0], seed: 4))
        #expect(relativeDifference(seeds[0], same[0]) > 1e-2, "another seed")
    }

    @Test("one thread and all threads draw the same bits")
    func threads() throws {
        let sampler = Sampler(try drawnPipeline())
        let request = request(prompts)
        let parallel = try sampler.sample(request)
        let serial = try serially { Result { try sampler.sample(request) } }.get()
        #expect(parallel == serial)
    }

    @Test("guidance of 1 is the conditional prediction alone")
    func unguided() throws {
        let pipeline = try drawnPipeline()
        let sampler = Sampler(pipeline)
        let one = try #require(try sampler.sample(request(["a judge"], guidance: 1)))
        let nearly = try #require(try sampler.sample(request(["a judge"], guidance: 1.000_001)))
        #expect(relativeDifference(one, nearly, floor: 1) <= 1e-4)
        let two = try #require(try sampler.sample(request(["a judge"], guidance: 4)))
        #expect(two != one)
        // Between the empty caption and itself, guidance has nothing to push.
        let empty = try #require(try sampler.sample(request([""], guidance: 1)))
        let pushed = try #require(try sampler.sample(request([""], guidance: 4)))
        #expect(relativeDifference(empty, pushed, floor: 1) <= 1e-4)
    }

    @Test("a film ends in the picture of its noise and begins with what the first prediction means")
    func film() throws {
        let pipeline = try drawnPipeline()
        let sampler = Sampler(pipeline)
        let picture = try #require(try sampler.sample(request(["a judge"], noise: [5])))
        func film(_ frames: Int) throws -> [(taken: Int, timestep: Int, picture: [Float])] {
            try sampler.film(
                of: "a judge", noise: 5, seed: 3, inferenceSteps: 3, guidanceScale: 2,
                frames: frames)
        }
        let whole = try film(9)
        #expect(whole.map(\.taken) == [1, 2, 3])
        #expect(whole.map(\.timestep) == (try pipeline.scheduler.timesteps(3)))
        #expect(whole.last?.picture == picture)
        #expect(try film(2).map(\.taken) == [1, 3])
        #expect(try film(1).map(\.taken) == [3])
        #expect(whole[0].picture != whole[2].picture)
        #expect(whole.allSatisfy { $0.picture.allSatisfy { (-1...1).contains($0) } })

        // The first frame is what the first prediction stands for.
        var sample = [Float](repeating: 0, count: 192)
        var random = Philox(seed: 3, purpose: .sampling, sample: 5)
        random.fillNormal(&sample, count: sample.count)
        var predicted: [[Float]] = []
        GuidedDenoiser(
            unet: pipeline.unet, weights: pipeline.unetWeights, scheduler: pipeline.scheduler,
            guidanceScale: 2
        ).denoise(
            &sample, count: 1, height: 4, width: 4, steps: try pipeline.scheduler.steps(3),
            contexts: pipeline.context(for: "a judge"), emptyContexts: pipeline.context(for: ""),
            tokens: pipeline.contextTokens, pool: ArenaPool(),
            onPrediction: { _, clean in predicted.append(clean()) })
        var first = [Float](repeating: 0, count: 192)
        PixelShuffle.shuffle(
            predicted[0], height: 8, width: 8, channels: 3, factor: 2, into: &first)
        #expect(whole[0].picture == first.map { min(1, max(-1, $0)) })
    }

    @Test("a step to the clean sample leads to what its prediction stands for")
    func clean() throws {
        for type in DDIMSchedulerConfiguration.PredictionType.allCases {
            var configuration = DDIMSchedulerConfiguration()
            configuration.predictionType = type
            configuration.setAlphaToOne = true
            let scheduler = DDIMScheduler(configuration)
            let (sample, prediction): ([Float], [Float]) = ([0.5, -0.25, 1], [0.125, 0.5, -0.5])
            let clean = scheduler.clean(prediction: prediction, timestep: 400, sample: sample)
            let stepped = scheduler.step(
                prediction: prediction, timestep: 400, sample: sample, previousTimestep: -1)
            #expect(relativeDifference(clean, stepped, floor: 1) <= 1e-6)
        }
    }

    @Test("progress counts the pictures, and a refusal stops the sampling")
    func progress() throws {
        let sampler = Sampler(try drawnPipeline())
        let many = [String](repeating: "a judge", count: 70)
        var told: [Int] = []
        let whole = try sampler.sample(request(many)) { done in
            told.append(done)
            return true
        }
        #expect(whole?.count == 70 * 192)
        #expect(told.last == 70 && told == told.sorted() && told.count > 1)
        var calls = 0
        let stopped = try sampler.sample(request(many)) { _ in
            calls += 1
            return false
        }
        #expect(stopped == nil && calls == 1)
    }

    @Test("no pictures are none, and a number of steps that the schedule lacks is an error")
    func borders() throws {
        let sampler = Sampler(try drawnPipeline())
        #expect(try sampler.sample(request([])) == [])
        var wrong = request(["a judge"])
        for steps in [0, -1, 1001] {
            wrong.inferenceSteps = steps
            #expect(throws: DDIMSchedulerError.self) { try sampler.sample(wrong) }
        }
    }

    @Test("a pipeline that is written and opened again draws the same bits")
    func files() throws {
        let pipeline = try drawnPipeline()
        let pictures = try Sampler(pipeline).sample(request(prompts))
        try withScratchFolder { folder in
            try pipeline.write(to: "\(folder)/model")
            let opened = try DiffusionPipeline(opening: "\(folder)/model")
            #expect(try Sampler(opened).sample(request(prompts)) == pictures)
            let sameWeights = opened.unetWeights.array == pipeline.unetWeights.array
            #expect(sameWeights)
            // Written over itself, tokenizer included.
            try opened.write(to: "\(folder)/model", as: .float16)
            let half = try DiffusionPipeline(opening: "\(folder)/model")
            let coarse = try #require(try Sampler(half).sample(request(prompts)))
            #expect(relativeDifference(coarse, pictures ?? []) <= 0.05)
        }
    }
}
