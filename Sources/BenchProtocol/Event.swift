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
    public var protocolVersion: Int
    public var program: String
    public var version: String
    public var session: String
    public var processID: Int32

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
    public enum Phase: String, Codable, Sendable {
        case idle, preparing, collecting, training, paused, sampling, evaluating, saving, finished
    }
    public var phase: Phase
    public var session: String
    public var step: Int
    /// The step at which the recipe ends.
    public var endStep: Int
    public var lanes: [LaneState]
    /// The prompts that may be selected, trained ones first.
    public var prompts: [PromptState]
    public var selectedPrompt: String
    @Reading public var stepsPerSecond: Double
    @Reading public var imagesPerSecond: Double
    @Reading public var secondsLeft: Double
    public var savedStep: Int?
    /// Seconds since 1970 of the last save.
    public var savedAt: Double?
    /// The matrix kernel in use, as `popbench doctor` names it.
    public var kernel: String

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
    public var settings: LaneSettings
    public var step: Int

    public init(settings: LaneSettings, step: Int) {
        self.settings = settings
        self.step = step
    }
}

/// One prompt that can be selected.
public struct PromptState: Codable, Sendable, Equatable {
    public var prompt: String
    /// False for prompts held out of alignment.
    public var trained: Bool

    public init(prompt: String, trained: Bool) {
        self.prompt = prompt
        self.trained = trained
    }
}

/// What one lane logs at one training step; the quantities of docs/alignment.md.
public struct StepMetrics: Codable, Sendable, Equatable {
    public var lane: String
    public var step: Int
    @Reading public var loss: Double
    /// P(g_w > g_l) over the pairs that share timestep and noise.
    @Reading public var implicitAccuracy: Double
    /// Mean argument of the log-sigmoid.
    @Reading public var margin: Double
    /// Mean g over winners: positive when the policy explains them better than the reference.
    @Reading public var winnerLogRatio: Double
    @Reading public var loserLogRatio: Double
    @Reading public var policyError: Double
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
    @Reading public var learningRate: Double
    @Reading public var imagesPerSecond: Double
    /// Seconds since 1970.
    @Reading public var time: Double
    /// The same by quarter of the timestep range, earliest (least noise) first.
    public var quartiles: [TimestepQuartile]

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
    public var images: Int
    @Reading public var loss: Double
    @Reading public var implicitAccuracy: Double
    @Reading public var margin: Double
    @Reading public var winnerLogRatio: Double
    @Reading public var loserLogRatio: Double
    @Reading public var policyError: Double
    @Reading public var referenceError: Double
    @Reading public var klProxy: Double
    @Reading public var saturated: Double
    @Reading public var capped: Double

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
        public var x: Double
        public var y: Double
        /// Direction of descent in log space, normalised to length at most 1 over the grid.
        @Reading public var dx: Double
        @Reading public var dy: Double

        public init(x: Double, y: Double, dx: Double, dy: Double) {
            self.x = x
            self.y = y
            self.dx = dx
            self.dy = dy
        }
    }
    public var lane: String
    public var step: Int
    /// Share of the gradient's size (log space) that falls on winners, 0...1.
    @Reading public var shareOnWinner: Double
    /// Median of |dX1/dX2| over the batch, log space.
    @Reading public var medianRatio: Double
    @Reading public var saturated: Double
    @Reading public var capped: Double
    /// Mean direction of descent over the batch, log space.
    @Reading public var meanDX: Double
    @Reading public var meanDY: Double
    /// The analytic field: a square grid in row order, lowest y first.
    public var arrows: [Arrow]
    /// The current batch: at most 64 pairs.
    public var points: [Arrow]

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
    public var prompt: String
    public var step: Int
    /// `gender` or `tone`.
    public var attribute: String
    public var classes: [String]
    public var counts: [Int]
    /// norm2(p - uniform) over the declared classes.
    @Reading public var discrepancy: Double
    @Reading public var meanConfidence: Double

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
        public var rgb: [UInt8]
        /// "woman, medium-dark".
        public var label: String
        @Reading public var confidence: Double

        public init(rgb: [UInt8], label: String, confidence: Double) {
            self.rgb = rgb
            self.label = label
            self.confidence = confidence
        }
    }
    /// The lane's name, or `base`.
    public var lane: String
    public var prompt: String
    public var step: Int
    public var width: Int
    public var height: Int
    public var pictures: [Picture]

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
    public struct Figure: Codable, Sendable, Equatable {
        /// `discrepancy_gender`, `identity_accuracy`, ...; `held_out_` before it where held out,
        /// `fixed_` where measured on fixed draws.
        public var name: String
        @Reading public var value: Double
        @Reading public var low: Double
        @Reading public var high: Double
        public var n: Int

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
    public var step: Int
    public var figures: [Figure]

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
    public var step: Int
    public var path: String
    @Reading public var seconds: Double
    public var bytes: Int

    public init(step: Int, path: String, seconds: Double, bytes: Int) {
        self.step = step
        self.path = path
        self.seconds = seconds
        self.bytes = bytes
    }
}

/// The answer to `fetchCurve`: buckets of a history, or single steps where it is short enough.
public struct Curve: Codable, Sendable, Equatable {
    public struct Bucket: Codable, Sendable, Equatable {
        /// The last step of the bucket.
        public var step: Int
        @Reading public var minimum: Double
        @Reading public var maximum: Double
        @Reading public var mean: Double

        public init(step: Int, minimum: Double, maximum: Double, mean: Double) {
            self.step = step
            self.minimum = minimum
            self.maximum = maximum
            self.mean = mean
        }
    }
    public var lane: String
    public var quantity: String
    public var buckets: [Bucket]

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
    public var done: Int
    public var total: Int
    @Reading public var secondsLeft: Double
    public var message: String

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
    public enum Level: String, Codable, Sendable { case debug, info, warning, error }
    public var level: Level
    public var message: String
    /// Seconds since 1970.
    @Reading public var time: Double

    public init(level: Level, message: String, time: Double) {
        self.level = level
        self.message = message
        self.time = time
    }
}

/// Something that was asked for and could not be done; `fatal` when the engine leaves over it.
public struct Failure: Codable, Sendable, Equatable {
    public var message: String
    public var fatal: Bool

    public init(message: String, fatal: Bool) {
        self.message = message
        self.fatal = fatal
    }
}

/// Why an engine left.
public struct Goodbye: Codable, Sendable, Equatable {
    public var reason: String
    public var step: Int

    public init(reason: String, step: Int) {
        self.reason = reason
        self.step = step
    }
}
