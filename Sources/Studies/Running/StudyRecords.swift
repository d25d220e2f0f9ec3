import BenchProtocol
import Foundation

/// One evaluation of one model in one seed: a line of a study's table.
public struct EvaluationRecord: Codable, Sendable, Equatable {
    /// What it depends on; see ``StudyKeys``.
    public var key: String
    /// `base`, or the arm and the lane.
    public var contender: String
    /// The lane's settings; nil for the base.
    public var lane: LaneSettings?
    /// The seed of training and of the evaluation's noise.
    public var seed: UInt64
    /// Steps that the lane had taken.
    public var step: Int
    /// The figures with the intervals that one evaluation can give.
    public var figures: [Evaluation.Figure]
    /// Figures of single prompts: figure, then profession, then value; what has none is null.
    public var prompts: [String: [String: Double?]]
    /// The professions that were trained on; the others were held out.
    public var trained: [String]
    /// How it was measured.
    public var evaluation: StudyEvaluation
    /// The lane's share of the seconds that its training took.
    public var trainingSeconds: Double
    /// Seconds that the evaluation took.
    public var evaluationSeconds: Double
    /// The matrix kernel.
    public var kernel: String
    /// The program's version.
    public var version: String
    /// When it was recorded, in ISO 8601.
    public var recorded: String
    /// Why there are no figures, if so: the lane's weights are not finite.
    public var problem: String?
    /// What a person should know before trusting the figures, a sentence each.
    public var warnings: [String]?

    /// A record with every field given.
    public init(
        key: String, contender: String, lane: LaneSettings?, seed: UInt64, step: Int,
        figures: [Evaluation.Figure], prompts: [String: [String: Double?]], trained: [String],
        evaluation: StudyEvaluation, trainingSeconds: Double, evaluationSeconds: Double,
        kernel: String, version: String, recorded: String, problem: String? = nil,
        warnings: [String]? = nil
    ) {
        self.key = key
        self.contender = contender
        self.lane = lane
        self.seed = seed
        self.step = step
        self.figures = figures
        self.prompts = prompts
        self.trained = trained
        self.evaluation = evaluation
        self.trainingSeconds = trainingSeconds
        self.evaluationSeconds = evaluationSeconds
        self.kernel = kernel
        self.version = version
        self.recorded = recorded
        self.problem = problem
        self.warnings = warnings
    }

    /// What tables call the base model.
    public static let baseName = "base"
}

/// One run of the command that filled the table.
public struct StudyRunRecord: Codable, Sendable, Equatable {
    /// The command as it was typed.
    public var command: String
    /// The program's version.
    public var version: String
    /// The commit that it was built from, where it was given.
    public var commit: String?
    /// The processor's name and how many cores were used.
    public var machine: String
    /// The matrix kernel.
    public var kernel: String
    /// When it began, in ISO 8601.
    public var started: String

    /// A record with every field given.
    public init(
        command: String, version: String, commit: String?, machine: String, kernel: String,
        started: String
    ) {
        self.command = command
        self.version = version
        self.commit = commit
        self.machine = machine
        self.kernel = kernel
        self.started = started
    }
}

/// A line of a study's table.
public enum StudyLine: Sendable, Equatable {
    /// The command was started.
    case run(StudyRunRecord)
    /// A model was evaluated.
    case evaluation(EvaluationRecord)

    /// The line as JSON, `type` first, without a line feed.
    func text() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        func line(_ type: String, _ record: some Encodable) throws -> String {
            let object = String(decoding: try encoder.encode(record), as: UTF8.self)
            return "{\"type\":\"\(type)\"," + object.dropFirst()
        }
        return switch self {
        case .run(let record): try line("run", record)
        case .evaluation(let record): try line("evaluation", record)
        }
    }

    /// Reads a line; nil for a type that this version does not know.
    ///
    /// - Throws: `DecodingError` for a line that is damaged.
    init?(_ text: Substring) throws {
        struct Kind: Decodable { var type: String }
        let (decoder, data) = (JSONDecoder(), Data(text.utf8))
        switch try decoder.decode(Kind.self, from: data).type {
        case "run": self = .run(try decoder.decode(StudyRunRecord.self, from: data))
        case "evaluation":
            self = .evaluation(try decoder.decode(EvaluationRecord.self, from: data))
        default: return nil
        }
    }
}

extension StudyRunRecord {
    /// A moment as tables write it: ISO 8601, to the second, in UTC.
    public static func timestamp(_ date: Date) -> String {
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions = [.withInternetDateTime]
        return formatter.string(from: date)
    }
}
