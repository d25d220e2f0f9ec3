import DiffusionModels
import Foundation
import ModelStore
import Testing

private let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Fixtures").path

/// One configuration and what diffusers computes with it.
private struct ScheduleCase: Decodable {
    struct Step: Decodable {
        let timestep: Int
        let sample: [Float]
        let prediction: [Float]
        let previous: [Float]
    }

    struct Training: Decodable {
        let timestep: Int
        let clean: [Float]
        let noise: [Float]
        let noisy: [Float]
        let velocity: [Float]
    }

    let configuration: DDIMSchedulerConfiguration
    let alphas: [Float]
    // swift-format-ignore: AlwaysUseLowerCamelCase
    let last_alpha: Float
    let checksums: [Int?]
    let steps: [Step]
    let training: Training
}

@Suite("DDIM scheduler")
struct DDIMSchedulerTests {
    private func cases() throws -> [ScheduleCase] {
        let data = try Data(contentsOf: URL(filePath: fixtures + "/ddim-schedules.json"))
        return try JSONDecoder().decode([ScheduleCase].self, from: data)
    }

    /// Whether two lists agree to a few units in the last place of their largest element.
    private func agree(_ left: [Float], _ right: [Float], within tolerance: Float = 2e-6) -> Bool {
        let scale = right.map(abs).max() ?? 0
        return left.count == right.count
            && zip(left, right).allSatisfy { abs($0 - $1) <= tolerance * max(scale, 1e-3) }
    }

    @Test("schedules of all kinds are those of diffusers")
    func schedules() throws {
        let cases = try cases()
        #expect(cases.count == 7)
        for known in cases {
            let scheduler = DDIMScheduler(known.configuration)
            let every37th = stride(from: 0, to: scheduler.trainTimesteps, by: 37)
                .map { scheduler.alphasCumprod[$0] }
            #expect(every37th.count == known.alphas.count)
            for (alpha, expected) in zip(every37th, known.alphas) {
                #expect(abs(alpha - expected) <= 1e-5 * expected + 1e-9)
            }
            let last = try #require(scheduler.alphasCumprod.last)
            #expect(abs(last - known.last_alpha) <= 1e-5 * known.last_alpha)
        }
    }

    @Test("the timesteps for every number of steps are those of diffusers, or an error")
    func timesteps() throws {
        for known in try cases() {
            let scheduler = DDIMScheduler(known.configuration)
            #expect(known.checksums.count == scheduler.trainTimesteps)
            let checksums = (1...scheduler.trainTimesteps).map { count in
                (try? scheduler.timesteps(count))?.reduce(0) { ($0 * 31 + $1 + 1) % (1 << 31) }
            }
            #expect(checksums == known.checksums)
        }
    }

    @Test("single steps are those of diffusers, for every prediction type, clipped and not")
    func steps() throws {
        for known in try cases() {
            let scheduler = DDIMScheduler(known.configuration)
            let steps = try scheduler.steps(7)
            #expect(steps.map(\.timestep) == known.steps.map(\.timestep))
            for (step, expected) in zip(steps, known.steps) {
                let result = scheduler.step(
                    prediction: expected.prediction, timestep: step.timestep,
                    sample: expected.sample, previousTimestep: step.previousTimestep)
                #expect(agree(result, expected.previous), "timestep \(step.timestep)")
            }
        }
    }

    @Test("noisy samples and velocities are those of diffusers")
    func training() throws {
        for known in try cases() {
            let scheduler = DDIMScheduler(known.configuration)
            let training = known.training
            let noisy = scheduler.addNoise(
                clean: training.clean, noise: training.noise, timestep: training.timestep)
            #expect(agree(noisy, training.noisy))
            let target = scheduler.target(
                clean: training.clean, noise: training.noise, timestep: training.timestep)
            switch known.configuration.predictionType {
            case .velocity: #expect(agree(target, training.velocity))
            case .epsilon: #expect(target == training.noise)
            case .sample: #expect(target == training.clean)
            }
        }
    }

    @Test(
        "the schedules behind the whole samples of the reference fixtures are reproduced",
        arguments: ["epsilon-leading", "epsilon-leading-offset", "v-trailing"])
    func referenceSamples(name: String) throws {
        let folder = "\(fixtures)/ddim/\(name)"
        let scheduler = DDIMScheduler(
            try DDIMSchedulerConfiguration(contentsOf: folder + "/scheduler_config.json"))
        let file = try SafetensorsFile(folder + "/io.safetensors")
        let timesteps = try file.int64s("timesteps").map { Int($0) }
        let steps = try scheduler.steps(timesteps.count)
        #expect(steps.map(\.timestep) == timesteps)
        #expect(agree(scheduler.alphasCumprod, try file.floats("alphas_cumprod")))
        for (place, step) in steps.enumerated() {
            let result = scheduler.step(
                prediction: try file.floats("prediction.\(place)"), timestep: step.timestep,
                sample: try file.floats("sample.\(place)"),
                previousTimestep: step.previousTimestep)
            #expect(agree(result, try file.floats("sample.\(place + 1)"), within: 1e-5))
        }
    }

    @Test("the right prediction leads from any timestep straight to the clean sample")
    func perfectPrediction() throws {
        let clean: [Float] = [0.9, -0.5, 0, 0.25]
        let noise: [Float] = [-1.2, 0.3, 2, -0.7]
        for type in DDIMSchedulerConfiguration.PredictionType.allCases {
            var configuration = DDIMSchedulerConfiguration()
            configuration.predictionType = type
            let scheduler = DDIMScheduler(configuration)
            for timestep in [1, 250, 600] {
                let noisy = scheduler.addNoise(clean: clean, noise: noise, timestep: timestep)
                let target = scheduler.target(clean: clean, noise: noise, timestep: timestep)
                let result = scheduler.step(
                    prediction: target, timestep: timestep, sample: noisy, previousTimestep: -1)
                #expect(agree(result, clean, within: 1e-4))
                let halfway = scheduler.step(
                    prediction: target, timestep: timestep, sample: noisy,
                    previousTimestep: timestep / 2)
                let expected = scheduler.addNoise(
                    clean: clean, noise: noise, timestep: timestep / 2)
                #expect(agree(halfway, expected, within: 1e-4))
            }
        }
    }

    @Test("a number of steps that does not fit the schedule is an error that says the limits")
    func wrongCounts() {
        let scheduler = DDIMScheduler(DDIMSchedulerConfiguration())
        for count in [0, -1, 1001, .max, .min] {
            let error = #expect(throws: DDIMSchedulerError.self) { try scheduler.steps(count) }
            #expect(error?.description.contains("1 to 1000") == true)
        }
        var shifted = DDIMSchedulerConfiguration()
        shifted.stepsOffset = 5
        let error = #expect(throws: DDIMSchedulerError.self) {
            try DDIMScheduler(shifted).timesteps(1000)
        }
        #expect(error?.description.contains("steps_offset") == true)
    }

    @Test("the stretched schedule ends in pure noise, and no step from there is infinite")
    func zeroTerminalSignal() throws {
        var configuration = DDIMSchedulerConfiguration()
        configuration.rescaleBetasZeroSNR = true
        configuration.predictionType = .velocity
        let scheduler = DDIMScheduler(configuration)
        #expect(scheduler.signalScale(999) == 0)
        #expect(scheduler.noiseScale(999) == 1)
        let result = scheduler.step(
            prediction: [-0.5], timestep: 999, sample: [1], previousTimestep: 499)
        #expect(result[0].isFinite)
    }

    @Test("a prediction that is not a number stays one through clipping")
    func notANumber() {
        let scheduler = DDIMScheduler(DDIMSchedulerConfiguration())
        let result = scheduler.step(
            prediction: [.nan, 1], timestep: 500, sample: [0, 0], previousTimestep: 400)
        #expect(result[0].isNaN)
        #expect(result[1].isFinite)
    }
}
