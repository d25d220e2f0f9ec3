/// The noise schedule and the sampling rule of a DDIM scheduler, with diffusers' keys.
public struct DDIMSchedulerConfiguration: ComponentConfiguration {
    /// How the noise grows with the timestep.
    public enum BetaSchedule: String, Sendable, CaseIterable {
        /// Betas evenly spaced.
        case linear
        /// Square roots of the betas evenly spaced, as in Stable Diffusion.
        case scaledLinear = "scaled_linear"
        /// The cosine schedule, with betas capped at 0.999.
        case squaredCosine = "squaredcos_cap_v2"
    }

    /// What the U-Net predicts.
    public enum PredictionType: String, Sendable, CaseIterable {
        /// The noise.
        case epsilon
        /// The clean sample.
        case sample
        /// The velocity, sqrt(alpha) noise - sqrt(1 - alpha) sample.
        case velocity = "v_prediction"
    }

    /// How the timesteps of a short run are spread over those of training.
    public enum TimestepSpacing: String, Sendable, CaseIterable {
        /// Multiples of the stride from zero, plus `steps_offset`.
        case leading
        /// From the first to the last, both included.
        case linspace
        /// From the last down in equal strides.
        case trailing
    }

    /// Number of timesteps in training.
    public var trainTimesteps = 1000
    /// The first beta.
    public var betaStart = 0.0001
    /// The last beta.
    public var betaEnd = 0.02
    /// How the betas run between the two.
    public var betaSchedule = BetaSchedule.linear
    /// Whether the predicted clean sample is clipped.
    public var clipSample = true
    /// The largest magnitude after clipping.
    public var clipSampleRange = 1.0
    /// Whether the last step goes to a wholly clean sample instead of to timestep 0.
    public var setAlphaToOne = true
    /// Added to the timesteps of the spacing `leading`.
    public var stepsOffset = 0
    /// What the U-Net predicts.
    public var predictionType = PredictionType.epsilon
    /// How the timesteps of a short run are spread.
    public var timestepSpacing = TimestepSpacing.leading
    /// Whether the schedule is stretched so that the last timestep is pure noise.
    public var rescaleBetasZeroSNR = false

    /// Diffusers' defaults.
    public init() {}

    /// Reads and checks a configuration.
    ///
    /// - Throws: `ModelStoreError` naming file, key, value and what is supported.
    public init(json: JSONValue, file: String) throws {
        let reader = try ConfigurationReader(json, file: file)
        try reader.requireClass("DDIMScheduler")
        try reader.fix("trained_betas", to: [.null])
        try reader.fix("thresholding", to: [.flag(false)])
        try reader.refuseUnknown(
            known: Self.readKeys,
            // Parameters of thresholding, and a PNDM leftover in many published folders.
            harmless: ["dynamic_thresholding_ratio", "sample_max_value", "skip_prk_steps"])
        trainTimesteps = try reader.integer(
            "num_train_timesteps", default: trainTimesteps, in: 1...100_000)
        betaSchedule = try reader.word("beta_schedule", default: betaSchedule)
        let betas = 1e-12...0.999_999
        betaStart = try reader.number("beta_start", default: betaStart, in: betas)
        betaEnd = try reader.number("beta_end", default: betaEnd, in: betas)
        clipSample = try reader.flag("clip_sample", default: clipSample)
        clipSampleRange = try reader.number(
            "clip_sample_range", default: clipSampleRange, in: 1e-6...1e6)
        setAlphaToOne = try reader.flag("set_alpha_to_one", default: setAlphaToOne)
        stepsOffset = try reader.integer("steps_offset", default: stepsOffset, in: 0...100_000)
        predictionType = try reader.word("prediction_type", default: predictionType)
        timestepSpacing = try reader.word("timestep_spacing", default: timestepSpacing)
        rescaleBetasZeroSNR = try reader.flag("rescale_betas_zero_snr", default: false)
        guard !(rescaleBetasZeroSNR && predictionType == .epsilon) else {
            // At a signal of zero, the clean sample does not follow from the noise.
            throw reader.contradiction(
                "rescale_betas_zero_snr", "the prediction type is epsilon",
                "use v_prediction or sample with it")
        }
        guard !(rescaleBetasZeroSNR && trainTimesteps < 2) else {
            throw reader.contradiction(
                "rescale_betas_zero_snr", "there is only one timestep",
                "use at least two training timesteps")
        }
    }

    private static let readKeys: Set = [
        "num_train_timesteps", "beta_schedule", "beta_start", "beta_end", "clip_sample",
        "clip_sample_range", "set_alpha_to_one", "steps_offset", "prediction_type",
        "timestep_spacing", "rescale_betas_zero_snr", "trained_betas", "thresholding",
    ]

    /// The keys and values that diffusers' `DDIMScheduler` loads.
    public var json: JSONValue {
        .object([
            "_class_name": .string("DDIMScheduler"),
            "_diffusers_version": .string(writtenDiffusersVersion),
            "beta_end": .real(betaEnd),
            "beta_schedule": .string(betaSchedule.rawValue),
            "beta_start": .real(betaStart),
            "clip_sample": .flag(clipSample),
            "clip_sample_range": .real(clipSampleRange),
            "dynamic_thresholding_ratio": .real(0.995),
            "num_train_timesteps": .integer(trainTimesteps),
            "prediction_type": .string(predictionType.rawValue),
            "rescale_betas_zero_snr": .flag(rescaleBetasZeroSNR),
            "sample_max_value": .real(1),
            "set_alpha_to_one": .flag(setAlphaToOne),
            "steps_offset": .integer(stepsOffset),
            "thresholding": .flag(false),
            "timestep_spacing": .string(timestepSpacing.rawValue),
            "trained_betas": .null,
        ])
    }
}
