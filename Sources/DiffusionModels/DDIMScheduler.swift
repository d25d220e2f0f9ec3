import Foundation
import ModelStore

/// What cannot be asked of a scheduler.
public struct DDIMSchedulerError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What was asked, why it cannot be, and what to do.
    public let description: String
}

/// The noise schedule of training and the deterministic sampler of DDIM, as in diffusers.
///
/// Written with a for the cumulative product of (1 - beta): a sample at timestep t is
/// x_t = sqrt(a_t) x_0 + sqrt(1 - a_t) e. All arithmetic on samples is in single precision, in
/// diffusers' order, so that results agree with Python to rounding.
///
/// Reference: Song, Meng, Ermon, "Denoising diffusion implicit models", ICLR 2021 (12);
/// Salimans, Ho, "Progressive distillation", ICLR 2022, for the velocity.
public struct DDIMScheduler: Sendable {
    /// A step of a sampling run: from one timestep to an earlier one.
    public struct Step: Sendable, Equatable {
        /// The timestep that the sample is at, and that the U-Net is asked about.
        public let timestep: Int
        /// The timestep that the step leads to; below zero for the clean sample.
        public let previousTimestep: Int
    }

    /// What the scheduler was made from.
    public let configuration: DDIMSchedulerConfiguration
    /// The a_t of every training timestep: accumulated in Double, stored as Float, like diffusers'.
    public let alphasCumprod: [Float]
    /// The a that stands for "before timestep 0".
    public let finalAlphaCumprod: Float

    /// Computes the schedule.
    public init(_ configuration: DDIMSchedulerConfiguration) {
        self.configuration = configuration
        alphasCumprod = DDIMSchedule.alphasCumprod(configuration)
        finalAlphaCumprod = configuration.setAlphaToOne ? 1 : alphasCumprod[0]
    }

    /// Number of timesteps in training.
    public var trainTimesteps: Int { alphasCumprod.count }

    /// sqrt(a_t), the weight of the clean sample at a timestep.
    public func signalScale(_ timestep: Int) -> Float { alpha(timestep).squareRoot() }

    /// sqrt(1 - a_t), the weight of the noise at a timestep.
    public func noiseScale(_ timestep: Int) -> Float { (1 - alpha(timestep)).squareRoot() }

    /// The timesteps of a sampling run, latest first.
    ///
    /// - Parameter count: number of steps, from 1 to the number of training timesteps.
    /// - Throws: `DDIMSchedulerError` when the count does not fit the schedule.
    public func timesteps(_ count: Int) throws -> [Int] {
        try DDIMSchedule.timesteps(count, configuration)
    }

    /// The steps of a sampling run.
    ///
    /// Where the count does not divide the number of training timesteps, a step leads to
    /// `timestep - trainTimesteps / count` and not to the next one's timestep, as in diffusers.
    ///
    /// - Throws: `DDIMSchedulerError` when the count does not fit the schedule.
    public func steps(_ count: Int) throws -> [Step] {
        let stride = trainTimesteps / max(count, 1)
        return try timesteps(count).map { Step(timestep: $0, previousTimestep: $0 - stride) }
    }

    /// Takes a sample one step towards the clean one (eta 0), in place.
    ///
    /// - Parameters:
    ///   - prediction: the U-Net's output, guidance included; as many elements as the sample.
    ///   - timestep: where the sample is, from 0 to `trainTimesteps - 1`.
    ///   - previousTimestep: where it is to go; below zero for the clean sample.
    ///   - sample: x_t, replaced by x at the previous timestep.
    /// - Precondition: buffers of one size, timesteps of the schedule.
    public func step(
        prediction: UnsafeBufferPointer<Float>, timestep: Int, previousTimestep: Int,
        sample: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(prediction.count == sample.count, "prediction and sample differ in size")
        let signal = signalScale(timestep)
        let noise = noiseScale(timestep)
        let previous = alpha(previousTimestep)
        let nextSignal = previous.squareRoot()
        let nextNoise = (1 - previous).squareRoot()
        let range = Float(configuration.clipSampleRange)
        let bound = configuration.clipSample ? range : .infinity
        func advance(_ place: Int, _ clean: Float, _ epsilon: Float) {
            // Not min and max, which would turn a NaN into the bound.
            let clipped = clean > bound ? bound : clean < -bound ? -bound : clean
            sample[place] = nextSignal * clipped + nextNoise * epsilon
        }
        switch configuration.predictionType {
        case .epsilon:
            for place in sample.indices {
                let clean = (sample[place] - noise * prediction[place]) / signal
                advance(place, clean, prediction[place])
            }
        case .sample:
            for place in sample.indices {
                let epsilon = (sample[place] - signal * prediction[place]) / noise
                advance(place, prediction[place], epsilon)
            }
        case .velocity:
            for place in sample.indices {
                let clean = signal * sample[place] - noise * prediction[place]
                let epsilon = signal * prediction[place] + noise * sample[place]
                advance(place, clean, epsilon)
            }
        }
    }

    /// The clean sample that a prediction stands for, x_0 of the reference's (12), clipped as in a step.
    ///
    /// - Precondition: arrays of one size, a timestep of the schedule.
    public func clean(prediction: [Float], timestep: Int, sample: [Float]) -> [Float] {
        precondition(prediction.count == sample.count, "prediction and sample differ in size")
        let (signal, noise) = (signalScale(timestep), noiseScale(timestep))
        let bound = configuration.clipSample ? Float(configuration.clipSampleRange) : .infinity
        return zip(prediction, sample).map { prediction, sample in
            let clean =
                switch configuration.predictionType {
                case .epsilon: (sample - noise * prediction) / signal
                case .sample: prediction
                case .velocity: signal * sample - noise * prediction
                }
            return clean > bound ? bound : clean < -bound ? -bound : clean
        }
    }

    /// Takes a sample one step towards the clean one (eta 0).
    ///
    /// - Precondition: arrays of one size, timesteps of the schedule.
    public func step(
        prediction: [Float], timestep: Int, sample: [Float], previousTimestep: Int
    ) -> [Float] {
        var result = sample
        prediction.withUnsafeBufferPointer { prediction in
            result.withUnsafeMutableBufferPointer {
                step(
                    prediction: prediction, timestep: timestep,
                    previousTimestep: previousTimestep, sample: $0)
            }
        }
        return result
    }

    /// a_t, with what stands before timestep 0.
    private func alpha(_ timestep: Int) -> Float {
        precondition(timestep < trainTimesteps, "the timestep lies beyond the schedule")
        return timestep < 0 ? finalAlphaCumprod : alphasCumprod[timestep]
    }
}
