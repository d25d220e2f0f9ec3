import BenchProtocol

/// One session as the list shows it.
public struct SessionCard: Sendable, Equatable {
    /// Whether an engine has the session.
    public enum EngineMark: String, Sendable {
        /// None has.
        case idle
        /// One is on its way.
        case starting
        /// One is at work, or waits for somebody to give it some.
        case running
        /// The last one died; opening the session goes on from its last save.
        case died
    }

    /// The fairest lane in three numbers; NaN where one was not measured.
    public struct Headline: Sendable, Equatable {
        /// The lane.
        public var lane: String
        /// The step that it was evaluated at.
        public var step: Int
        /// Its discrepancy of gender, 0 fair.
        public var gender: Double
        /// Its discrepancy of skin tone, 0 fair.
        public var tone: Double
        /// The share of identity prompts that show who they name.
        public var identityAccuracy: Double

        /// A headline with every field given.
        public init(
            lane: String, step: Int, gender: Double, tone: Double, identityAccuracy: Double
        ) {
            self.lane = lane
            self.step = step
            self.gender = gender
            self.tone = tone
            self.identityAccuracy = identityAccuracy
        }

        /// What lanes and sessions are ranked by: the mean of both discrepancies.
        var discrepancy: Double { (gender + tone) / 2 }
    }

    /// What an engine in the background is at.
    public struct Progress: Sendable, Equatable {
        /// What it does.
        public var phase: SessionState.Phase
        /// The step that it has reached.
        public var step: Int
        /// Where the recipe ends.
        public var endStep: Int
        /// Seconds until then; NaN where that is not known.
        public var secondsLeft: Double
        /// The long task under way, if any.
        public var task: TaskProgress?

        /// Progress with every field given.
        public init(
            phase: SessionState.Phase, step: Int, endStep: Int, secondsLeft: Double = .nan,
            task: TaskProgress? = nil
        ) {
            self.phase = phase
            self.step = step
            self.endStep = endStep
            self.secondsLeft = secondsLeft
            self.task = task
        }

        /// What it does, in a few words: `training, 12m left`.
        package var words: String {
            func left(_ seconds: Double) -> String {
                seconds.isFinite ? ", \(NumberText.duration(seconds)) left" : ""
            }
            if let task {
                return "\(phase.rawValue) \(task.done)/\(task.total)" + left(task.secondsLeft)
            }
            return phase.rawValue + (phase == .training ? left(secondsLeft) : "")
        }
    }

    /// What lies in a session's folder of exports.
    public struct Exports: Sendable, Equatable {
        /// How many files.
        public var files: Int
        /// How many folders.
        public var folders: Int
        /// The name of the newest one.
        public var newest: String

        /// Exports with every field given.
        public init(files: Int, folders: Int, newest: String) {
            self.files = files
            self.folders = folders
            self.newest = newest
        }

        /// `4 files and 1 folder, newest NAME`.
        var words: String {
            func count(_ number: Int, _ word: String) -> String? {
                number > 0 ? "\(number) \(word)\(number == 1 ? "" : "s")" : nil
            }
            return [count(files, "file"), count(folders, "folder")].compactMap { $0 }
                .joined(separator: " and ") + ", newest \(newest)"
        }
    }

    /// Its name.
    public var name: String
    /// Its folder.
    public var path: String
    /// The step of its newest checkpoint.
    public var step = 0
    /// The step at which its recipe ends; nil where the recipe cannot be read.
    public var endStep: Int?
    /// Its lanes.
    public var lanes: [LaneSettings] = []
    /// The steps of its checkpoints, newest first.
    public var checkpoints: [Int] = []
    /// The size of its folder.
    public var bytes = 0
    /// When it was made, in seconds since 1970.
    public var created = 0.0
    /// When it was last saved, in seconds since 1970; nil before the first time.
    public var lastSaved: Double?
    /// Free text.
    public var notes = ""
    /// Free words.
    public var tags: [String] = []
    /// `forked from X at step N`; nil for a session that began with its recipe.
    public var lineage: String?
    /// What the fork changed, a line a change.
    public var changes: [String] = []
    /// The fairest lane; nil where none was evaluated.
    public var headline: Headline?
    /// Whether an engine has it.
    public var engine = EngineMark.idle
    /// What its engine is at; nil where none runs or none has said.
    public var progress: Progress?
    /// What was exported to its folder; nil where nothing was.
    public var exports: Exports?
    /// What keeps it from being opened, if anything does.
    public var problem: String?

    /// A session of which nothing but name and place is known.
    public init(name: String, path: String) {
        self.name = name
        self.path = path
    }

    /// Where it is.
    public var place: SessionPlace { SessionPlace(name: name, path: path) }
}

/// A session's name and folder.
public struct SessionPlace: Sendable, Hashable {
    /// The name.
    public var name: String
    /// The folder.
    public var path: String

    /// A place of that name and folder.
    public init(name: String, path: String) {
        self.name = name
        self.path = path
    }
}

/// A deleted session.
public struct TrashedCard: Sendable, Equatable {
    /// The name that it had.
    public var name: String
    /// The folder that it is in now.
    public var path: String
    /// When it was deleted, in seconds since 1970.
    public var trashed: Double
    /// The size of its folder.
    public var bytes: Int

    /// A deleted session with every field given.
    public init(name: String, path: String, trashed: Double, bytes: Int) {
        self.name = name
        self.path = path
        self.trashed = trashed
        self.bytes = bytes
    }
}

/// A recipe that a session can be made from.
public struct RecipeChoice: Sendable, Equatable {
    /// The name that it goes by.
    public var name: String
    /// What it is, in its own words or its lanes' names.
    public var summary: String
    /// Whether it is the person's own and not a shipped one.
    public var isOwn: Bool

    /// A choice with every field given.
    public init(name: String, summary: String, isOwn: Bool) {
        self.name = name
        self.summary = summary
        self.isOwn = isOwn
    }
}
