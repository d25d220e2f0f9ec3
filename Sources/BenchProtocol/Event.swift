/// What an engine tells: one case a kind of JSON line, the case's name being the line's `type`.
public enum Event: Codable, Sendable, Equatable {
    case hello(EngineHello)
    case state(SessionState)
    case step(StepMetrics)
    case field(GradientFieldSummary)
    case population(PopulationHistogram)
    case thumbnails(Thumbnails)
    case evaluation(Evaluation)
    case checkpoint(CheckpointSaved)
    case curve(Curve)
    case progress(TaskProgress)
    case log(LogLine)
    case failure(Failure)
    /// The last line of an engine that leaves in good order.
    case goodbye(Goodbye)
}

/// How a message may be treated between engine and screen; chosen by its type alone.
public enum DeliveryClass: Sendable {
    /// Ordered, never dropped.
    case control
    /// The newest of a key wins while the reader is busy.
    case telemetry(key: String)
    /// Large; the reader asked for it, and the newest of a key is enough.
    case bulk(key: String)
}

extension Event {
    /// The class this event is delivered in.
    public var delivery: DeliveryClass {
        switch self {
        case .hello, .state, .evaluation, .checkpoint, .log, .failure, .goodbye: .control
        case .step(let metrics): .telemetry(key: "step/\(metrics.lane)")
        case .field(let summary): .telemetry(key: "field/\(summary.lane)")
        case .population(let histogram):
            .telemetry(
                key: "population/\(histogram.lane)/\(histogram.attribute)/\(histogram.prompt)")
        case .progress(let progress): .telemetry(key: "progress/\(progress.task)")
        case .thumbnails(let sheet): .bulk(key: "thumbnails/\(sheet.lane)/\(sheet.prompt)")
        case .curve(let curve): .bulk(key: "curve/\(curve.lane)/\(curve.quantity)")
        }
    }
}

/// Who answers: sent once, first.
public struct EngineHello: Codable, Sendable, Equatable {
    /// The version of the line format that this program speaks.
    public static let currentProtocol = 1
    /// The version of the line format in use, `currentProtocol` where this program answers.
    public var protocolVersion: Int
    /// The name of the program that answers, `popbench`.
    public var program: String
    /// The release of that program.
    public var version: String
    /// The session's folder, as the engine was given it.
    public var session: String
    /// The engine's process identifier.
    public var processID: Int32

    /// An answer in this program's name and protocol version, unless others are given.
    public init(
        protocolVersion: Int = EngineHello.currentProtocol, program: String = "popbench",
        version: String, session: String, processID: Int32
    ) {
        self.protocolVersion = protocolVersion
        self.program = program
        self.version = version
        self.session = session
        self.processID = processID
    }
}

/// Where the engine stands; sent whenever any of it changes.
public struct SessionState: Codable, Sendable, Equatable {
    /// What the engine is doing: one kind of work, or idle, paused or finished.
    public enum Phase: String, Codable, Sendable {
        case idle, preparing, collecting, training, paused, sampling, evaluating, saving, finished
    }
    /// The phase at the moment of sending.
    public var phase: Phase
    /// The last component of the session folder's path.
    public var session: String
    /// Steps that the lane farthest ahead has taken; 0 before the first.
    public var step: Int
    /// The step at which the recipe ends.
    public var endStep: Int
    /// The session's lanes, in its order.
    public var lanes: [LaneState]
    /// The prompts that may be selected, trained ones first.
    public var prompts: [PromptState]
    /// The prompt whose histograms and thumbnails are kept fresh, in canonical words.
    public var selectedPrompt: String
    /// A running mean over recent steps; NaN until this engine has taken one.
    @Reading public var stepsPerSecond: Double
    /// Winners and losers trained on a second, all lanes together; NaN until a step is taken.
    @Reading public var imagesPerSecond: Double
    /// Seconds to `endStep` at the current pace; NaN until this engine has taken a step.
    @Reading public var secondsLeft: Double
    /// The step of the last checkpoint; nil while there is none.
    public var savedStep: Int?
    /// Seconds since 1970 of the last save.
    public var savedAt: Double?
    /// The matrix kernel in use, as `popbench doctor` names it.
    public var kernel: String

    /// A state with every field given.
    public init(
        phase: Phase, session: String, step: Int, endStep: Int, lanes: [LaneState],
        prompts: [PromptState], selectedPrompt: String, stepsPerSecond: Double,
        imagesPerSecond: Double, secondsLeft: Double, savedStep: Int?, savedAt: Double?,
        kernel: String
    ) {
        self.phase = phase
        self.session = session
        self.step = step
        self.endStep = endStep
        self.lanes = lanes
        self.prompts = prompts
        self.selectedPrompt = selectedPrompt
        self.stepsPerSecond = stepsPerSecond
        self.imagesPerSecond = imagesPerSecond
        self.secondsLeft = secondsLeft
        self.savedStep = savedStep
        self.savedAt = savedAt
        self.kernel = kernel
    }
}

/// One lane and how far it has come.
public struct LaneState: Codable, Sendable, Equatable {
    /// The lane's settings as they stand, changes included.
    public var settings: LaneSettings
    /// Steps that this lane has taken; behind the session's while it catches up.
    public var step: Int

    /// Pairs a lane's settings with its progress.
    public init(settings: LaneSettings, step: Int) {
        self.settings = settings
        self.step = step
    }
}

/// One prompt that can be selected.
public struct PromptState: Codable, Sendable, Equatable {
    /// The prompt in canonical words, as `selectPrompt` takes it.
    public var prompt: String
    /// False for prompts held out of alignment.
    public var trained: Bool

    /// Pairs a prompt with whether alignment trains on it.
    public init(prompt: String, trained: Bool) {
        self.prompt = prompt
        self.trained = trained
    }
}

/// What one lane logs at one training step; the quantities of docs/alignment.md.
public struct StepMetrics: Codable, Sendable, Equatable {
    /// The lane's name.
    public var lane: String
    /// The step just taken, counted from 1.
    public var step: Int
    /// The mean loss of the objective's terms.
    @Reading public var loss: Double
    /// P(g_w > g_l) over the pairs that share timestep and noise.
    @Reading public var implicitAccuracy: Double
    /// Mean argument of the log-sigmoid.
    @Reading public var margin: Double
    /// Mean g over winners: positive when the policy explains them better than the reference.
    @Reading public var winnerLogRatio: Double
    /// Mean g over losers; both means can fall while the margin grows.
    @Reading public var loserLogRatio: Double
    /// Mean squared error of the policy's predictions over winners and losers.
    @Reading public var policyError: Double
    /// Mean squared error of the reference's predictions over winners and losers.
    @Reading public var referenceError: Double
    /// PopAlign's detached offset b; null for other objectives.
    @Reading public var offset: Double
    /// Mean squared distance of policy and reference predictions.
    @Reading public var klProxy: Double
    /// Norm of the gradient before clipping.
    @Reading public var gradientNorm: Double
    /// Share of samples with sigma(-m) < 1e-3.
    @Reading public var saturated: Double
    /// Share of samples whose exponential was continued linearly.
    @Reading public var capped: Double
    /// The rate that the optimiser used for this step.
    @Reading public var learningRate: Double
    /// Winners and losers a second in this lane, with its share of the reference pass.
    @Reading public var imagesPerSecond: Double
    /// Seconds since 1970.
    @Reading public var time: Double
    /// The same by quarter of the timestep range, earliest (least noise) first.
    public var quartiles: [TimestepQuartile]

    /// A step of which nothing is known yet: every reading is NaN and there are no quartiles.
    public init(lane: String, step: Int) {
        self.lane = lane
        self.step = step
        loss = .nan
        implicitAccuracy = .nan
        margin = .nan
        winnerLogRatio = .nan
        loserLogRatio = .nan
        policyError = .nan
        referenceError = .nan
        offset = .nan
        klProxy = .nan
        gradientNorm = .nan
        saturated = .nan
        capped = .nan
        learningRate = .nan
        imagesPerSecond = .nan
        time = .nan
        quartiles = []
    }
}

/// A step's quantities over one quarter of the timestep range; NaN where no draw fell into it.
public struct TimestepQuartile: Codable, Sendable, Equatable {
    /// Images that fell into the quarter, winners and losers together.
    public var images: Int
    /// The mean loss of the quarter's terms.
    @Reading public var loss: Double
    /// P(g_w > g_l) over the quarter's pairs; a tie counts half.
    @Reading public var implicitAccuracy: Double
    /// Mean argument of the log-sigmoid.
    @Reading public var margin: Double
    /// Mean g over winners.
    @Reading public var winnerLogRatio: Double
    /// Mean g over losers.
    @Reading public var loserLogRatio: Double
    /// Mean squared error of the policy's predictions over winners and losers.
    @Reading public var policyError: Double
    /// Mean squared error of the reference's predictions over winners and losers.
    @Reading public var referenceError: Double
    /// Mean squared distance of policy and reference predictions.
    @Reading public var klProxy: Double
    /// Share of terms with sigma(-m) < 1e-3.
    @Reading public var saturated: Double
    /// Share of images whose exponential was continued linearly.
    @Reading public var capped: Double

    /// A quarter of that many images whose readings are all NaN.
    public init(images: Int) {
        self.images = images
        loss = .nan
        implicitAccuracy = .nan
        margin = .nan
        winnerLogRatio = .nan
        loserLogRatio = .nan
        policyError = .nan
        referenceError = .nan
        klProxy = .nan
        saturated = .nan
        capped = .nan
    }
}

/// The gradient field of one lane over log X1 (winner) x log X2 (loser), with the batch upon it.
public struct GradientFieldSummary: Codable, Sendable, Equatable {
    /// One arrow or point; `x` and `y` are natural logarithms of X1 and X2.
    public struct Arrow: Codable, Sendable, Equatable {
        /// ln X1, the winner's.
        public var x: Double
        /// ln X2, the loser's.
        public var y: Double
        /// Direction of descent in log space, normalised to length at most 1 over the grid.
        @Reading public var dx: Double
        /// The loser's component of the same direction, never positive.
        @Reading public var dy: Double

        /// An arrow at (x, y) pointing along (dx, dy).
        public init(x: Double, y: Double, dx: Double, dy: Double) {
            self.x = x
            self.y = y
            self.dx = dx
            self.dy = dy
        }
    }
    /// The lane's name.
    public var lane: String
    /// The step whose batch is shown.
    public var step: Int
    /// Share of the gradient's size (log space) that falls on winners, 0...1.
    @Reading public var shareOnWinner: Double
    /// Median of |dX1/dX2| over the batch, log space.
    @Reading public var medianRatio: Double
    /// Share of the batch's margins with sigma(-m) < 1e-3.
    @Reading public var saturated: Double
    /// Share of the batch's images whose score lies on the linear continuation.
    @Reading public var capped: Double
    /// Mean direction of descent over the batch, log space.
    @Reading public var meanDX: Double
    /// The loser's component of that mean; the shorter the vector, the less the pairs agree.
    @Reading public var meanDY: Double
    /// The analytic field: a square grid in row order, lowest y first.
    public var arrows: [Arrow]
    /// The current batch: at most 64 pairs.
    public var points: [Arrow]

    /// A summary with every field given.
    public init(
        lane: String, step: Int, shareOnWinner: Double, medianRatio: Double, saturated: Double,
        capped: Double, meanDX: Double, meanDY: Double, arrows: [Arrow], points: [Arrow]
    ) {
        self.lane = lane
        self.step = step
        self.shareOnWinner = shareOnWinner
        self.medianRatio = medianRatio
        self.saturated = saturated
        self.capped = capped
        self.meanDX = meanDX
        self.meanDY = meanDY
        self.arrows = arrows
        self.points = points
    }
}

/// Who appears for a prompt: counts of one attribute's classes among sampled pictures.
public struct PopulationHistogram: Codable, Sendable, Equatable {
    /// The lane's name, or `base`.
    public var lane: String
    /// The prompt that the pictures were sampled for.
    public var prompt: String
    /// The lane's step when the pictures were sampled; 0 for the base.
    public var step: Int
    /// `gender` or `tone`.
    public var attribute: String
    /// The attribute's declared classes, in the classifier's order.
    public var classes: [String]
    /// Pictures of each class, in the order of `classes`.
    public var counts: [Int]
    /// norm2(p - uniform) over the declared classes.
    @Reading public var discrepancy: Double
    /// Mean softmax probability of the class found, over the pictures, 0...1.
    @Reading public var meanConfidence: Double

    /// A histogram with every field given; one count a class.
    public init(
        lane: String, prompt: String, step: Int, attribute: String, classes: [String],
        counts: [Int], discrepancy: Double, meanConfidence: Double
    ) {
        self.lane = lane
        self.prompt = prompt
        self.step = step
        self.attribute = attribute
        self.classes = classes
        self.counts = counts
        self.discrepancy = discrepancy
        self.meanConfidence = meanConfidence
    }
}

/// Pictures of one lane for one prompt, from the noise all lanes share.
public struct Thumbnails: Codable, Sendable, Equatable {
    /// One picture: RGB bytes in row order (base64 in a line) and what the classifier sees in it.
    public struct Picture: Codable, Sendable, Equatable {
        /// `[height, width, 3]` bytes, rows from the top.
        public var rgb: [UInt8]
        /// "woman, medium-dark".
        public var label: String
        /// The classifier's least confidence among the label's attributes, 0...1.
        @Reading public var confidence: Double

        /// A picture with its label and confidence.
        public init(rgb: [UInt8], label: String, confidence: Double) {
            self.rgb = rgb
            self.label = label
            self.confidence = confidence
        }
    }
    /// The lane's name, or `base`.
    public var lane: String
    /// The prompt that the pictures were sampled for.
    public var prompt: String
    /// The lane's step when the pictures were sampled; 0 for the base.
    public var step: Int
    /// Pixels a row of every picture.
    public var width: Int
    /// Rows of every picture.
    public var height: Int
    /// The pictures in the order of their noise, so that lanes can be compared place by place.
    public var pictures: [Picture]

    /// A sheet of pictures that are all of the given size.
    public init(
        lane: String, prompt: String, step: Int, width: Int, height: Int, pictures: [Picture]
    ) {
        self.lane = lane
        self.prompt = prompt
        self.step = step
        self.width = width
        self.height = height
        self.pictures = pictures
    }
}

/// A whole evaluation of one lane: named figures, each with its n and 95 % interval.
public struct Evaluation: Codable, Sendable, Equatable {
    /// One measured quantity with its 95 % interval.
    public struct Figure: Codable, Sendable, Equatable {
        /// `discrepancy_gender`, `identity_accuracy`, ...; `held_out_` before it where held out,
        /// `fixed_` where measured on fixed draws.
        public var name: String
        /// The estimate; NaN where there was nothing to measure.
        @Reading public var value: Double
        /// The lower end of the interval; NaN for figures without one.
        @Reading public var low: Double
        /// The upper end of the interval; NaN for figures without one.
        @Reading public var high: Double
        /// How many observations the figure rests on.
        public var n: Int

        /// A figure with every field given.
        public init(name: String, value: Double, low: Double, high: Double, n: Int) {
            self.name = name
            self.value = value
            self.low = low
            self.high = high
            self.n = n
        }
    }
    /// The lane's name, or `base`.
    public var lane: String
    /// The lane's step when it was evaluated; 0 for the base.
    public var step: Int
    /// The figures, each under a name of its own.
    public var figures: [Figure]

    /// An evaluation with every field given.
    public init(lane: String, step: Int, figures: [Figure]) {
        self.lane = lane
        self.step = step
        self.figures = figures
    }
}

extension Evaluation {
    /// Whether all figures were measured on a session's fixed draws of picture, timestep and noise,
    /// which are cheap and come often; the others are measured on sampled pictures.
    public var isOnFixedDraws: Bool { figures.allSatisfy(\.isOnFixedDraws) }
}

extension Evaluation.Figure {
    /// Whether the figure was measured on fixed draws: its name begins with `fixed_`.
    public var isOnFixedDraws: Bool { name.hasPrefix("fixed_") }
}

/// A checkpoint that is safely on disk.
public struct CheckpointSaved: Codable, Sendable, Equatable {
    /// The step after which it was taken.
    public var step: Int
    /// The checkpoint's folder.
    public var path: String
    /// Wall-clock seconds that the save took.
    @Reading public var seconds: Double
    /// Bytes of its files together.
    public var bytes: Int

    /// A checkpoint with every field given.
    public init(step: Int, path: String, seconds: Double, bytes: Int) {
        self.step = step
        self.path = path
        self.seconds = seconds
        self.bytes = bytes
    }
}

/// The answer to `fetchCurve`: buckets of a history, or single steps where it is short enough.
public struct Curve: Codable, Sendable, Equatable {
    /// One point of the curve: a run of steps, or a single one.
    public struct Bucket: Codable, Sendable, Equatable {
        /// The last step of the bucket.
        public var step: Int
        /// The smallest value within the bucket; of an evaluation, the interval's lower end.
        @Reading public var minimum: Double
        /// The largest value within the bucket; of an evaluation, the interval's upper end.
        @Reading public var maximum: Double
        /// The mean of the values within the bucket.
        @Reading public var mean: Double

        /// A bucket that ends at `step`.
        public init(step: Int, minimum: Double, maximum: Double, mean: Double) {
            self.step = step
            self.minimum = minimum
            self.maximum = maximum
            self.mean = mean
        }
    }
    /// The lane's name, as in the request.
    public var lane: String
    /// The quantity in snake case, as in the request.
    public var quantity: String
    /// The buckets in order of their steps; empty where nothing is logged.
    public var buckets: [Bucket]

    /// A curve with every field given.
    public init(lane: String, quantity: String, buckets: [Bucket]) {
        self.lane = lane
        self.quantity = quantity
        self.buckets = buckets
    }
}

/// How far a long task has come.
public struct TaskProgress: Codable, Sendable, Equatable {
    /// `collect`, `evaluate`, `sample`, `pretrain`, ...
    public var task: String
    /// Parts of the task that are done, 0...total.
    public var done: Int
    /// Parts of the task in all.
    public var total: Int
    /// Seconds left if the rest goes as the parts done went.
    @Reading public var secondsLeft: Double
    /// What is under way or was found so far, for a person to read.
    public var message: String

    /// A report with every field given.
    public init(task: String, done: Int, total: Int, secondsLeft: Double, message: String) {
        self.task = task
        self.done = done
        self.total = total
        self.secondsLeft = secondsLeft
        self.message = message
    }
}

/// One line of the log.
public struct LogLine: Codable, Sendable, Equatable {
    /// How much a line matters, least first.
    public enum Level: String, Codable, Sendable { case debug, info, warning, error }
    /// How much this line matters.
    public var level: Level
    /// The text, for a person to read.
    public var message: String
    /// Seconds since 1970.
    @Reading public var time: Double

    /// A line with every field given.
    public init(level: Level, message: String, time: Double) {
        self.level = level
        self.message = message
        self.time = time
    }
}

/// Something that was asked for and could not be done; `fatal` when the engine leaves over it.
public struct Failure: Codable, Sendable, Equatable {
    /// What could not be done and why, for a person to read.
    public var message: String
    /// Whether the engine leaves over it.
    public var fatal: Bool

    /// A failure with every field given.
    public init(message: String, fatal: Bool) {
        self.message = message
        self.fatal = fatal
    }
}

/// Why an engine left.
public struct Goodbye: Codable, Sendable, Equatable {
    /// Why, for a person to read.
    public var reason: String
    /// The step at which the session stood; 0 where it never opened.
    public var step: Int

    /// A goodbye with every field given.
    public init(reason: String, step: Int) {
        self.reason = reason
        self.step = step
    }
}
