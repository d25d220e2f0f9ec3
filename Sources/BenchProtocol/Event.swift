/// What an engine tells: one case a kind of JSON line, the case's name being the line's `type`.
public enum Event: Codable, Sendable, Equatable {
    case hello(EngineHello)
    case state(SessionState)
    case step(StepMetrics)
    case field(GradientFieldSummary)
    case population(PopulationHistogram)
    case thumbnails(Thumbnails)
    case populationHistory(PopulationHistory)
    case planted(PlantedDistribution)
    case film(Film)
    case evaluation(Evaluation)
    case diagnostic(Diagnostic)
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
        case .hello, .state, .evaluation, .diagnostic, .checkpoint, .log, .failure, .goodbye:
            .control
        case .step(let metrics): .telemetry(key: "step/\(metrics.lane)")
        case .field(let summary): .telemetry(key: "field/\(summary.lane)")
        case .population(let histogram):
            .telemetry(
                key: "population/\(histogram.lane)/\(histogram.attribute)/\(histogram.prompt)")
        case .progress(let progress): .telemetry(key: "progress/\(progress.task)")
        case .thumbnails(let sheet): .bulk(key: "thumbnails/\(sheet.lane)/\(sheet.prompt)")
        case .curve(let curve):
            .bulk(
                key: "curve/\(curve.lane)/\(curve.quantity)/\(curve.firstStep)-\(curve.lastStep)")
        case .populationHistory(let history):
            .bulk(key: "history/\(history.lane)/\(history.attribute)/\(history.prompt)")
        case .planted(let planted): .bulk(key: "planted/\(planted.attribute)/\(planted.prompt)")
        case .film(let film): .bulk(key: "film/\(film.lane)/\(film.index)/\(film.prompt)")
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
    /// Whether training goes on, now or when what is under way is done; nil from an engine that does not
    /// tell.
    public var trains: Bool?

    /// A state with every field given.
    public init(
        phase: Phase, session: String, step: Int, endStep: Int, lanes: [LaneState],
        prompts: [PromptState], selectedPrompt: String, stepsPerSecond: Double,
        imagesPerSecond: Double, secondsLeft: Double, savedStep: Int?, savedAt: Double?,
        kernel: String, trains: Bool? = nil
    ) {
        self.trains = trains
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
    /// How many of its kind are kept, this one among them; nil for one that stays for good.
    public var kept: Int?

    /// A checkpoint with every field given.
    public init(step: Int, path: String, seconds: Double, bytes: Int, kept: Int? = nil) {
        self.step = step
        self.path = path
        self.seconds = seconds
        self.bytes = bytes
        self.kept = kept
    }

    /// What a person is told: step, size, and how long it stays.
    public var sentence: String {
        "saved step \(step): \(ByteText.text(bytes))"
            + (kept.map { $0 == 1 ? ", the last one is kept" : ", the last \($0) are kept" } ?? "")
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
    /// The first step that was asked for, whether anything is logged there or not.
    public var firstStep: Int
    /// The last step that was asked for, likewise.
    public var lastStep: Int
    /// The buckets in order of their steps; empty where nothing is logged.
    public var buckets: [Bucket]

    /// A curve with every field given.
    public init(
        lane: String, quantity: String, firstStep: Int, lastStep: Int, buckets: [Bucket]
    ) {
        self.lane = lane
        self.quantity = quantity
        self.firstStep = firstStep
        self.lastStep = lastStep
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
    /// The diagnostic whose sentence this is, if it is one's.
    public var diagnostic: Diagnostic.Kind?
    /// True where the line was told before and is told again to a screen that came later.
    public var earlier: Bool?

    /// A line with every field given.
    public init(
        level: Level, message: String, time: Double, diagnostic: Diagnostic.Kind? = nil,
        earlier: Bool? = nil
    ) {
        self.level = level
        self.message = message
        self.time = time
        self.diagnostic = diagnostic
        self.earlier = earlier
    }

    /// Whether the line was told before.
    public var isEarlier: Bool { earlier == true }
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
