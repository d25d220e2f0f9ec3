/// The quantities that one training step logs, over all images or over part of them.
///
/// A quantity that the objective does not have, or that no image fell into, is NaN.
public struct StepFigures: Sendable, Equatable {
    /// How many images, winners and losers together.
    public let images: Int
    /// The mean loss of the objective's terms.
    public let loss: Double
    /// P(g_w > g_l) over pairs; a tie, as all are at the first step, counts half.
    public let implicitAccuracy: Double
    /// The mean argument of the log-sigmoid.
    public let margin: Double
    /// Mean g over winners.
    public let winnerLogRatio: Double
    /// Mean g over losers: both can fall while the margin grows.
    public let loserLogRatio: Double
    /// Mean l_theta over all images.
    public let policyError: Double
    /// Mean l_ref over all images.
    public let referenceError: Double
    /// Mean over all images of the mean squared distance of policy and reference predictions.
    public let klProxy: Double
    /// The share of terms that hardly pull any more: with a log-sigmoid, sigma(-m) < 1e-3.
    public let saturated: Double
    /// The share of the terms' images that lie on the linear continuation.
    public let capped: Double
}

/// A step's figures as a whole and by quarter of the timestep range, least noise first.
public struct StepStatistics: Sendable, Equatable {
    /// Over the whole batch.
    public let overall: StepFigures
    /// Over the pairs whose timestep lies in each quarter of the range.
    public let quartiles: [StepFigures]

    /// Computes the figures of a step.
    ///
    /// - Parameters:
    ///   - batch: the errors of every pair.
    ///   - outcome: what the lane's objective made of them.
    ///   - winnerDistances: mean squared distance of the predictions of policy and reference, [B].
    ///   - loserDistances: the same for losers, [B].
    ///   - timesteps: of each pair, 0..<trainingTimesteps, [B].
    ///   - trainingTimesteps: the length of the noise schedule.
    /// - Precondition: as many of each as there are pairs, and timesteps within the schedule.
    public init(
        batch: PairedErrors, outcome: ObjectiveOutcome, winnerDistances: [Double],
        loserDistances: [Double], timesteps: [Int], trainingTimesteps: Int
    ) {
        precondition(
            winnerDistances.count == batch.pairs && loserDistances.count == batch.pairs
                && timesteps.count == batch.pairs, "one distance and one timestep an image")
        precondition(
            timesteps.allSatisfy { (0..<trainingTimesteps).contains($0) },
            "timesteps lie within the schedule")
        func figures(_ pairs: [Int]) -> StepFigures {
            StepFigures(
                pairs: pairs, batch: batch, outcome: outcome,
                distances: pairs.map { winnerDistances[$0] } + pairs.map { loserDistances[$0] })
        }
        let quarters = timesteps.map { $0 * 4 / trainingTimesteps }
        overall = figures(Array(0..<batch.pairs))
        quartiles = (0..<4).map { quarter in
            figures(quarters.indices.filter { quarters[$0] == quarter })
        }
    }
}

extension StepFigures {
    fileprivate init(
        pairs: [Int], batch: PairedErrors, outcome: ObjectiveOutcome, distances: [Double]
    ) {
        let chosen = Set(pairs)
        let terms = outcome.terms.filter { chosen.contains($0.pair) }
        let margins = terms.map(\.margin)
        let winners = pairs.map { batch.winners.logRatios[$0] }
        let losers = pairs.map { batch.losers.logRatios[$0] }
        func both(_ errors: KeyPath<SideErrors, [Double]>) -> [Double] {
            [batch.winners, batch.losers].flatMap { side in pairs.map { side[keyPath: errors][$0] }
            }
        }
        images = 2 * pairs.count
        loss = mean(terms.map(\.loss))
        implicitAccuracy = mean(
            zip(winners, losers).map { w, l in w > l ? 1 : w == l ? 0.5 : w < l ? 0 : .nan })
        margin = mean(margins)
        winnerLogRatio = mean(winners)
        loserLogRatio = mean(losers)
        policyError = mean(both(\.policy))
        referenceError = mean(both(\.reference))
        klProxy = mean(distances)
        saturated =
            margins.contains(where: \.isNaN) ? .nan : share(of: terms, where: \.isSaturated)
        capped =
            Double(terms.reduce(0) { $0 + $1.cappedImages })
            / Double(outcome.imagesPerTerm * terms.count)
    }
}
