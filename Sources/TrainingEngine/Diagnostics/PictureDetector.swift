import BenchProtocol
import Foundation
import Pictures

/// What a handful of pictures of one prompt says of a model's health.
public struct PictureFigures: Sendable, Equatable {
    /// How many pictures there are.
    public let count: Int
    /// The mean over pairs of the root mean square distance of their pixels, 0...1; NaN of fewer than
    /// two.
    public let spread: Double
    /// The mean over pictures of the classifier's least confidence among its attributes, 0...1.
    public let confidence: Double

    /// Figures as given.
    public init(count: Int, spread: Double, confidence: Double) {
        (self.count, self.spread, self.confidence) = (count, spread, confidence)
    }

    /// Measures pictures of one size.
    ///
    /// - Parameter confidences: the classifier's least confidence in each picture.
    /// - Precondition: one confidence a picture.
    public init(pictures: [Picture], confidences: [Double]) {
        precondition(pictures.count == confidences.count, "one confidence a picture")
        count = pictures.count
        var sum = 0.0
        for first in pictures.indices {
            for second in pictures.indices where second > first {
                sum += Self.distance(pictures[first].rgb, pictures[second].rgb)
            }
        }
        let pairs = count * (count - 1) / 2
        spread = pairs > 0 ? sum / Double(pairs) : .nan
        confidence = confidences.reduce(0, +) / Double(count)
    }

    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Double {
        var sum = 0
        for i in 0..<min(a.count, b.count) {
            let difference = Int(a[i]) - Int(b[i])
            sum &+= difference &* difference
        }
        return (Double(sum) / Double(max(1, a.count))).squareRoot() / 255
    }
}

/// Watches the pictures that one lane draws, beside those that the base drew for the same prompt from
/// the same noise.
public struct PictureDetector: Sendable {
    /// The lane's spread as a share of the base's, below which its pictures are too much alike.
    public static let spreadBound = 0.6
    /// How far the classifier's confidence may fall below that in the base's pictures.
    public static let confidenceBound = 0.1
    /// Fewer pictures say nothing.
    public static let fewestPictures = 4

    private static let patience = 2

    private var collapse: DiagnosticSeries
    private var unsure: DiagnosticSeries
    private var newest: (prompt: String, step: Int)?

    /// A detector that has seen nothing.
    public init(lane: String) {
        // An alarm goes off upwards: what is watched is how much of the base's spread is gone.
        collapse = DiagnosticSeries(
            .collapse, lane: lane,
            alarm: Alarm(
                bound: 1 - Self.spreadBound, lowerBound: 0.75 * (1 - Self.spreadBound),
                patience: Self.patience),
            told: { 1 - $0 }, form: percentage,
            advice:
                "it draws ever the same; go back to an earlier checkpoint, lower learning_rate or"
                + " choose a divergence that covers more, such as forward-kl"
        ) { "its pictures differ from each other by \($0) of what the base's do (bound \($1))" }
        unsure = DiagnosticSeries(
            .unsureClassifier, lane: lane,
            alarm: Alarm(
                bound: Self.confidenceBound, lowerBound: 0.5 * Self.confidenceBound,
                patience: Self.patience),
            form: { String(format: "%.0f points", 100 * $0) },
            advice:
                "look at the pictures; histograms, discrepancy and accuracies of this lane rest on"
                + " verdicts that can no longer be trusted"
        ) {
            "the classifier is \($0) less sure of what it sees than in the base's pictures"
                + " (bound \($1))"
        }
    }

    /// Takes a sheet of pictures; says what begins or is over with it.
    ///
    /// - Parameters:
    ///   - figures: of the lane's pictures.
    ///   - base: of the base's pictures of the same prompt and noise.
    ///   - isEvaluation: whether these are figures of all prompts, which need no second sheet.
    public mutating func observe(
        _ figures: PictureFigures, beside base: PictureFigures, prompt: String, step: Int,
        isEvaluation: Bool = false
    ) -> [Diagnostic] {
        // The same pictures again, as when a prompt is looked at twice, are no further evidence.
        if let newest, newest == (prompt, step) { return [] }
        guard min(figures.count, base.count) >= Self.fewestPictures else { return [] }
        newest = (prompt, step)
        let kept = base.spread > 0 ? figures.spread / base.spread : .nan
        return (0..<(isEvaluation ? Self.patience : 1)).flatMap { _ in
            [
                collapse.observe(1 - kept, step: step),
                unsure.observe(base.confidence - figures.confidence, step: step),
            ].compactMap { $0 }
        }
    }

    /// What has begun and is not over.
    public var standing: [Diagnostic] { [collapse, unsure].compactMap(\.standing) }
}
