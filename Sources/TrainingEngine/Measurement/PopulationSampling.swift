import Alignment
import BenchProtocol
import DiffusionModels
import Pictures
import Populations
import TensorCore

/// Pictures of one model for one prompt, and what their judge sees in them.
public struct SampledPopulation {
    /// The caption that all pictures were drawn for.
    public let prompt: String
    /// The pictures in the order of their noise.
    public private(set) var pictures: [Picture]
    /// The judge's verdicts, one a picture in the same order.
    public private(set) var seen: [Classification]

    /// Puts pictures and verdicts together; one of each a picture.
    public init(_ prompt: String, pictures: [Picture] = [], seen: [Classification] = []) {
        precondition(pictures.count == seen.count, "a verdict for every picture")
        (self.prompt, self.pictures, self.seen) = (prompt, pictures, seen)
    }

    /// Adds the pictures of the noise that follows.
    public mutating func append(_ more: SampledPopulation) {
        pictures += more.pictures
        seen += more.seen
    }
}

/// Draws pictures and classifies them: the eye with which a session looks at its models.
public final class PopulationSampling {
    /// The model that draws.
    public let pipeline: DiffusionPipeline
    /// Who looks at what is drawn.
    public let judges: PopulationJudges
    private let sampler: Sampler

    /// Joins a pipeline with judges that take pictures of the pipeline's size.
    public init(pipeline: DiffusionPipeline, judges: PopulationJudges) {
        self.pipeline = pipeline
        self.judges = judges
        sampler = Sampler(pipeline)
    }

    /// Joins a pipeline with a classifier alone, which then judges as well as filters.
    public convenience init(pipeline: DiffusionPipeline, classifier: AttributeClassifier) {
        self.init(pipeline: pipeline, judges: PopulationJudges(filter: classifier))
    }

    /// The classifier that filters populations.
    public var classifier: AttributeClassifier { judges.filter }

    /// Draws one picture a prompt of the request, and has them classified by the classifier that filters
    /// populations.
    ///
    /// - Returns: pictures and classifications in the request's order; nil when cancelled.
    public func draw(
        _ request: SamplingRequest, weights: FloatBlock? = nil, progress: ((Int) -> Bool)? = nil
    ) throws -> (pictures: [Picture], seen: [Classification])? {
        guard let pictures = try pictures(request, weights: weights, progress: progress) else {
            return nil
        }
        return (pictures, classifier.classify(pictures.flatMap(\.signedUnit)))
    }

    /// Draws one picture a prompt of the request.
    ///
    /// - Returns: pictures in the request's order, rounded to bytes as they are shown and stored; nil when
    ///   cancelled.
    func pictures(
        _ request: SamplingRequest, weights: FloatBlock?, progress: ((Int) -> Bool)? = nil
    ) throws -> [Picture]? {
        try sampler.sample(request, weights: weights, progress: progress)
            .map { pixelsToPictures($0, pipeline.pictureSize) }
    }

    /// Draws the pictures of one prompt from a range of the seed's noise, and has them classified by
    /// the evaluator, or the filter where there is none.
    public func population(
        of prompt: String, noise: Range<Int>, seed: UInt64, inferenceSteps: Int,
        guidanceScale: Float,
        weights: FloatBlock? = nil, progress: ((Int) -> Bool)? = nil
    ) throws -> SampledPopulation? {
        let request = SamplingRequest(
            prompts: Array(repeating: prompt, count: noise.count), noise: Array(noise), seed: seed,
            inferenceSteps: inferenceSteps, guidanceScale: guidanceScale)
        guard let pictures = try pictures(request, weights: weights, progress: progress) else {
            return nil
        }
        return SampledPopulation(
            prompt, pictures: pictures,
            seen: judges.judge.classify(pictures.flatMap(\.signedUnit)))
    }

    /// Draws one picture and keeps what it is taken to be on the way, with the classifier's verdict.
    public func film(
        of prompt: String, noise: Int, seed: UInt64, inferenceSteps: Int, guidanceScale: Float,
        frames: Int, weights: FloatBlock? = nil
    ) throws -> [(taken: Int, timestep: Int, picture: Picture, seen: Classification)] {
        let film = try sampler.film(
            of: prompt, noise: noise, seed: seed, inferenceSteps: inferenceSteps,
            guidanceScale: guidanceScale, frames: frames, weights: weights)
        let pictures = pixelsToPictures(film.flatMap(\.picture), pipeline.pictureSize)
        let seen = judges.judge.classify(pictures.flatMap(\.signedUnit))
        return film.indices.map { (film[$0].taken, film[$0].timestep, pictures[$0], seen[$0]) }
    }
}

extension Classification {
    /// The words for what was seen but the profession, and the least confidence among them.
    func words(
        _ classifier: AttributeNetworkConfiguration
    ) -> (label: String, confidence: Double) {
        let shown = classifier.attributes.indices.filter {
            classifier.attributes[$0].name != "profession"
        }
        return (
            shown.map { classifier.attributes[$0].classes[classes[$0]] }.joined(separator: ", "),
            shown.map { confidences[$0] }.min() ?? .nan
        )
    }
}

extension SampledPopulation {
    /// One histogram per attribute that people are compared by.
    public func histograms(
        lane: String, step: Int, classifier: AttributeNetworkConfiguration
    ) -> [PopulationHistogram] {
        classifier.attributes.enumerated().filter { $0.element.name != "profession" }.map {
            index, attribute in
            let counts = PopulationCounts(
                labels: seen.map { $0.classes[index] }, classes: attribute.classes.count)
            return PopulationHistogram(
                lane: lane, prompt: prompt, step: step, attribute: attribute.name,
                classes: attribute.classes, counts: counts.counts, discrepancy: counts.discrepancy,
                meanConfidence: seen.reduce(0) { $0 + $1.confidences[index] }
                    / Double(max(1, seen.count)))
        }
    }

    /// The pictures with the classifier's words under them.
    public func thumbnails(
        lane: String, step: Int, classifier: AttributeNetworkConfiguration, most: Int = 128
    ) -> Thumbnails {
        let shown = zip(pictures, seen).prefix(most).map { picture, seen in
            let (label, confidence) = seen.words(classifier)
            return Thumbnails.Picture(rgb: picture.rgb, label: label, confidence: confidence)
        }
        return Thumbnails(
            lane: lane, prompt: prompt, step: step, width: pictures.first?.width ?? 0,
            height: pictures.first?.height ?? 0, pictures: shown)
    }
}
