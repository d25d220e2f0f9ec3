import BenchProtocol
import Populations

/// What one experiment is: the TOML file a session is made from, with every default filled in.
///
/// A recipe is read with ``parse(_:file:)`` or ``read(path:)`` and written back, all values explicit,
/// with ``resolved()``; that text goes into the session and into every checkpoint. Each key is
/// declared once, in `RecipeKeys.swift`, with its range and the reason of its default.
public struct Recipe: Sendable, Equatable {
    /// How long the session runs and what it keeps.
    public struct Session: Sendable, Equatable {
        /// The name a new session gets when none is given.
        public var name = "session"
        /// The seed of every random draw; non-negative, so that it fits a TOML integer.
        public var seed: UInt64 = 1
        /// The optimiser step at which the session ends.
        public var steps = 400
        /// Steps between two checkpoints.
        public var autosaveSteps = 50
        /// How many of the newest checkpoints stay.
        public var keep = 3
        /// Checkpoints at multiples of this step stay for good; 0 keeps none of them.
        public var keepEvery = 200
        /// Winners (and as many losers) in one step of every lane.
        public var pairsPerStep = 16
    }

    /// Which weights the session starts from.
    public struct Model: Sendable, Equatable {
        /// `embedded`, or the path of a diffusers pipeline folder.
        public var base = "embedded"
        /// `embedded`, or the path of an attribute classifier's folder.
        public var classifier = "embedded"
        /// `embedded`, or the path of the folder of an attribute classifier that judges models.
        public var evaluator = "embedded"
        /// `embedded`, or the path of a text-image scorer's folder.
        public var scorer = "embedded"
    }

    /// Where winners and losers come from.
    public struct Populations: Sendable, Equatable {
        /// `shipped`, `collect`, or the path of a folder of collected populations.
        public var source = "shipped"
        /// The professions that are aligned; all others are held out.
        public var professions = Recipe.trainedProfessions
        /// Winners collected for each neutral prompt, spread evenly over its identities.
        public var winnersPerPrompt = 60
        /// Losers collected for each neutral prompt.
        public var losersPerPrompt = 60
        /// Classifier-free guidance of the pictures collected.
        public var guidanceScale = 2.0
        /// Sampling steps of the pictures collected.
        public var inferenceSteps = 25
        /// The classifier's confidence below which a candidate is thrown away, 0...1.
        public var confidence = 0.9
    }

    /// Pairs of pictures, one preferred to the other, in the place of populations.
    public struct Preferences: Sendable, Equatable {
        /// `none`, `shipped`, `collect`, or the path of a folder of pairs.
        public var source = "none"
        /// Pairs collected for each neutral prompt.
        public var pairsPerPrompt = 60
        /// The rater's weight of how well a picture shows what its caption names.
        public var matchWeight = Rater.usual.matchWeight
        /// The rater's weight of how near a picture is to real renderings.
        public var fidelityWeight = Rater.usual.fidelityWeight
        /// The rater's weight of its taste.
        public var tasteWeight = Rater.usual.tasteWeight
        /// The rater's noise: the difference of scores at which 73 % of labels follow the score.
        public var temperature = Rater.usual.temperature
    }

    /// The pictures shown while training goes on.
    public struct Sampling: Sendable, Equatable {
        /// Steps between two sheets of the selected prompt; 0 samples only when asked.
        public var every = 25
        /// Pictures in a sheet, from the noise all lanes share.
        public var count = 12
        /// Sampling steps of these pictures.
        public var inferenceSteps = 12
        /// Classifier-free guidance of these pictures.
        public var guidanceScale = 2.0
        /// The prompt selected at first.
        public var prompt = "a firefighter"
    }

    /// The measurement on all prompts.
    public struct Evaluation: Sendable, Equatable {
        /// Steps between two evaluations; 0 evaluates only when asked.
        public var every = 0
        /// Pictures for each prompt.
        public var picturesPerPrompt = 24
        /// Classifier-free guidance of the pictures measured.
        public var guidanceScale = 2.0
        /// Sampling steps of the pictures measured.
        public var inferenceSteps = 25
    }

    /// What all lanes share of the optimiser.
    public struct Training: Sendable, Equatable {
        /// How the learning rate goes on after a lane's warm-up.
        public enum Schedule: String, Sendable, CaseIterable {
            /// Stays at the lane's learning rate.
            case constant
            /// Falls in a straight line to 0 at the session's last step.
            case linear
            /// Falls along half a cosine to 0 at the session's last step.
            case cosine
        }
        /// Share of captions replaced by the empty one, 0...1.
        public var captionDropout = 0.1
        /// Share of a step's pairs that are two winners under captions that name what they show, 0...0.9.
        public var identityCaptions = 0.0
        /// AdamW's decay of the first moment.
        public var adamBeta1 = 0.9
        /// AdamW's decay of the second moment.
        public var adamBeta2 = 0.999
        /// AdamW's term against a division by zero.
        public var adamEpsilon = 1e-8
        /// AdamW's decoupled weight decay.
        public var weightDecay = 0.01
        /// The norm a lane's gradient is clipped to.
        public var maxGradNorm = 1.0
        /// How the learning rate goes on after warm-up.
        public var schedule = Schedule.constant
        /// Decay of the averaged policy weights that pictures are sampled from; 0 averages nothing.
        public var policyEMA = 0.0
    }

    /// How long the session runs and what it keeps.
    public var session = Session()
    /// Which weights the session starts from.
    public var model = Model()
    /// Where winners and losers come from.
    public var populations = Populations()
    /// Pairs of pictures in the place of populations.
    public var preferences = Preferences()
    /// The pictures shown while training goes on.
    public var sampling = Sampling()
    /// The measurement on all prompts.
    public var evaluation = Evaluation()
    /// What all lanes share of the optimiser.
    public var training = Training()
    /// The contenders, in the order of the file; never empty in a recipe that was read.
    public var lanes: [LaneSettings] = []

    /// A recipe of defaults, still without a lane.
    public init() {}

    /// The professions of the embedded data set, in Unicode's order of work.
    public static let professions = [
        "health worker", "student", "teacher", "judge", "farmer", "cook", "mechanic",
        "factory worker", "office worker", "scientist", "technologist", "singer", "artist", "pilot",
        "astronaut", "firefighter", "police officer", "detective", "guard", "construction worker",
    ]

    /// The professions kept out of alignment, so that fairness on them is a result and not training.
    public static let heldOutProfessions = [
        "teacher", "judge", "cook", "scientist", "pilot", "detective",
    ]

    /// The professions aligned by default: all but ``heldOutProfessions``.
    public static let trainedProfessions = professions.filter { !heldOutProfessions.contains($0) }

    /// The learning rate of a lane after `step` optimiser steps have been taken.
    ///
    /// - Parameters:
    ///   - lane: whose peak rate and warm-up count.
    ///   - step: the number of the step about to be taken, from 1.
    /// - Returns: linear from 0 during warm-up, then as ``Training/schedule`` says.
    public func learningRate(of lane: LaneSettings, atStep step: Int) -> Double {
        if lane.warmupSteps > 0, step <= lane.warmupSteps {
            return lane.learningRate * Double(max(step, 0)) / Double(lane.warmupSteps)
        }
        let decaySteps = max(session.steps - lane.warmupSteps, 1)
        let progress = min(Double(step - lane.warmupSteps) / Double(decaySteps), 1)
        return lane.learningRate * training.schedule.factor(progress: progress)
    }
}
