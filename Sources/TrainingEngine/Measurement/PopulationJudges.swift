import DiffusionModels
import Foundation
import Metrics
import ModelStore
import NeuralLayers
import Pictures
import Populations
import TensorCore

/// Where a judge of pictures is to be found.
public enum JudgeSource: Sendable, Equatable {
    /// A folder that a person has named: what is wrong with it is an error.
    case named(String)
    /// What came with the program or with a model, if anything did: where it is missing, or made for other
    /// pictures, figures are left out or judged by the filter.
    case shipped(String?)
}

/// The networks that look at a model's pictures: the classifier that filters populations, the evaluator
/// that judges models, and the text-image scorer.
public final class PopulationJudges {
    /// The classifier that filters populations; it must not judge its own work where an evaluator can.
    public let filter: AttributeClassifier
    /// The classifier trained apart from the filter, where there is one for these pictures.
    public let evaluator: AttributeClassifier?
    /// The joint embedding of pictures and captions, where there is one for these pictures.
    public let scorer: TextImageScorer?
    /// Whose preferences the preference score is of.
    public let rater: Rater
    /// What a person should know of judges that are missing or not apart, a sentence each.
    public let remarks: [String]
    /// Real pictures to compare with, made when they are first asked for.
    private var reference: Result<RealRenderings, any Error>?
    private var rating: Result<PictureRating, any Error>?

    /// Joins judges that have been opened.
    public init(
        filter: AttributeClassifier, evaluator: AttributeClassifier? = nil,
        scorer: TextImageScorer? = nil, rater: Rater = .usual, remarks: [String] = []
    ) {
        self.filter = filter
        self.evaluator = evaluator
        self.scorer = scorer
        self.rater = rater
        self.remarks = remarks
    }

    /// Who says what a picture shows: the evaluator, or the filter where there is none.
    public var judge: AttributeClassifier { evaluator ?? filter }

    /// Opens the judges of a model's pictures.
    ///
    /// - Parameters:
    ///   - classifier: the folder of the classifier that filters populations.
    ///   - evaluator: where the evaluator is.
    ///   - scorer: where the text-image scorer is.
    ///   - rater: whose preferences the preference score is of.
    ///   - pictureSize: height and width of the model's pictures in pixels.
    /// - Throws: `ModelStoreError` for damaged files; `EngineError` for a classifier, or a judge that was
    ///   named, of other attributes or of pictures of another size.
    public static func open(
        classifier: String, evaluator: JudgeSource, scorer: JudgeSource, rater: Rater = .usual,
        pictureSize: (height: Int, width: Int)
    ) throws -> PopulationJudges {
        let filter = try AttributeClassifier(opening: classifier)
        if let fault = fault(filter.configuration, pictureSize) {
            throw EngineError("the classifier in \(classifier) \(fault)")
        }
        var remarks: [String] = []
        let judge: AttributeClassifier? = try choose(
            evaluator, "evaluator",
            without: "figures are judged by the classifier that filters populations, and the"
                + " agreement of the two is left out", &remarks
        ) { path in
            let inner = path + "/evaluator"
            let opened = try AttributeClassifier(
                opening: FileManager.default.fileExists(atPath: inner + "/config.json")
                    ? inner : path)
            return (opened, fault(opened.configuration, pictureSize))
        }
        if let judge, judge.configuration == filter.configuration,
            judge.weights.array == filter.weights.array
        {
            remarks.append(
                "the evaluator is the very classifier that filters populations: it judges its own work"
            )
        }
        let text: TextImageScorer? = try choose(
            scorer, "text-image scorer", without: "text-image scores are left out", &remarks
        ) { path in
            let opened = try TextImageScorer(opening: path)
            return (opened, sizeFault(opened.configuration.imageSize, pictureSize))
        }
        return PopulationJudges(
            filter: filter, evaluator: judge, scorer: text, rater: rater, remarks: remarks)
    }

    /// Opens the judges that a recipe names.
    ///
    /// - Throws: as `open(classifier:evaluator:scorer:rater:pictureSize:)`, and `SessionError` where the shipped
    ///   classifier is not installed.
    public static func open(
        _ model: Recipe.Model, rater: Rater = .usual, locations: Locations,
        pictureSize: (height: Int, width: Int)
    ) throws -> PopulationJudges {
        func source(_ value: String, _ folder: String) -> JudgeSource {
            value == "embedded"
                ? .shipped(try? locations.path(of: "emoji-people/\(folder)", in: .models))
                : .named(value)
        }
        return try open(
            classifier: model.classifier == "embedded"
                ? try locations.path(of: "emoji-people/classifier", in: .models)
                : model.classifier,
            evaluator: source(model.evaluator, "evaluator"),
            scorer: source(model.scorer, "scorer"), rater: rater, pictureSize: pictureSize)
    }

    private static func choose<Judge>(
        _ source: JudgeSource, _ name: String, without loss: String, _ remarks: inout [String],
        open: (String) throws -> (Judge, fault: String?)
    ) throws -> Judge? {
        switch source {
        case .named(let path):
            let (judge, fault) = try open(path)
            if let fault { throw EngineError("the \(name) in \(path) \(fault)") }
            return judge
        case .shipped(nil):
            remarks.append("there is no \(name) for this model: \(loss)")
            return nil
        case .shipped(let path?):
            let (judge, fault) = try open(path)
            guard let fault else { return judge }
            remarks.append("the shipped \(name) \(fault): \(loss)")
            return nil
        }
    }

    /// What keeps a classifier from judging pictures of this size for people's attributes.
    private static func fault(
        _ configuration: AttributeNetworkConfiguration, _ size: (height: Int, width: Int)
    ) -> String? {
        let expected = AttributeNetworkConfiguration.emojiPeople(widths: [], groups: 1).attributes
        guard configuration.attributes == expected else {
            return "does not tell profession, gender and tone apart in the classes that popbench"
                + " names; train one with popbench train-classifier"
        }
        return sizeFault(configuration.imageSize, size)
    }

    private static func sizeFault(_ side: Int, _ size: (height: Int, width: Int)) -> String? {
        size.height == side && size.width == side
            ? nil
            : "takes pictures of \(side)x\(side) pixels, and the model draws \(size.width)x\(size.height)"
    }

    /// Features of real renderings, as the judge sees them.
    ///
    /// - Throws: `EmojiFontError`, `EmojiTableError` or `StoredFileError` where the font or Unicode's
    ///   table is not installed.
    func realRenderings() throws -> RealRenderings {
        if let reference { return try reference.get() }
        let made = Result { try RealRenderings(judge) }
        reference = made
        return try made.get()
    }

    /// What the rater says of pictures, each drawn for its own caption: the reward with which pairs are
    /// labelled, computed by the filter, as it is for labels.
    ///
    /// - Throws: as `realRenderings()`, and `PreferenceError` for a filter of something else.
    func preferenceScores(of pictures: [Picture], captions: [Caption]) throws -> [Double] {
        let rating =
            rating
            ?? Result {
                try PictureRating(
                    classifier: filter,
                    people: try EmojiPeople(environment: ProcessInfo.processInfo.environment))
            }
        self.rating = rating
        return try rating.get().rate(pictures, captions: captions).map(rater.score)
    }
}

/// Held-out renderings of the people that a model is to draw: what its pictures are compared with.
struct RealRenderings {
    /// Renderings of each of the fifteen identities, for each profession.
    static let perIdentity = 3
    /// All evaluations compare with the same renderings, whatever their seeds.
    private static let seed: UInt64 = 2_026

    /// Rows of features by profession, every identity as often.
    private let rows: [[[Float]]]

    init(_ judge: AttributeClassifier) throws {
        let side = judge.configuration.imageSize
        guard side == EmojiPeople.side else {
            throw EngineError(
                "real renderings have \(EmojiPeople.side) pixels a side, and the model's pictures \(side)"
            )
        }
        let people = try EmojiPeople(environment: ProcessInfo.processInfo.environment)
        rows = Profession.all.map { profession in
            let shown = PersonAttributes.all.filter { $0.profession == profession }
            let pixels = (0..<Self.perIdentity).flatMap { index in
                shown.flatMap {
                    people.rendering($0, seed: Self.seed, index: index, split: .test)
                }
            }
            // Rounded to bytes, as generated pictures are.
            return judge.features(
                pixelsToPictures(pixels, (side, side)).flatMap(\.signedUnit))
        }
    }

    /// The renderings of some professions, one after the other.
    func features(_ professions: [Profession]) throws(MetricError) -> Features {
        let picked = professions.flatMap { rows[$0.index] }
        return try Features(
            picked.flatMap { $0 }, dimension: picked.first?.count ?? 1, of: "real renderings")
    }
}
