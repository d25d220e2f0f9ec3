import Alignment
import BenchProtocol
import CKernels
import DiffusionModels
import Foundation
import ModelStore
import NeuralLayers
import TensorCore

/// What a training step needs to know beyond the lanes.
public struct TrainingPlan: Sendable {
    /// Seed of the pairs drawn, of their timesteps and noise, and of dropped captions.
    public var seed: UInt64
    /// Pairs of a winner and a loser in every step.
    public var pairsPerStep: Int
    /// Share of pairs whose caption is left empty, for guidance, 0...1.
    public var captionDropout: Double
    /// Share of pairs that are two winners under captions that name what they show, 0...0.9.
    public var identityCaptions: Double
    /// Decay of the averaged weights; 0 for none.
    public var policyEMA: Double
    /// The learning rate of a lane for the step it is about to take, counted from 1.
    public var learningRate: @Sendable (LaneSettings, Int) -> Double

    /// A plan with every field given.
    public init(
        seed: UInt64, pairsPerStep: Int, captionDropout: Double, identityCaptions: Double = 0,
        policyEMA: Double,
        learningRate: @escaping @Sendable (LaneSettings, Int) -> Double
    ) {
        self.seed = seed
        self.pairsPerStep = pairsPerStep
        self.captionDropout = captionDropout
        self.identityCaptions = identityCaptions
        self.policyEMA = policyEMA
        self.learningRate = learningRate
    }
}

/// Trains lanes side by side: the same batches, timesteps and noise, and one reference pass for all.
public final class LockstepTrainer {
    private let pipeline: DiffusionPipeline
    private let bank: PreferenceBank
    private let plan: TrainingPlan
    private let pass: DenoisingPass
    private let referenceFilters: TransformedFilters
    private let gradients: ShardedGradients
    private var fixedDraws: FixedDraws?

    /// A trainer whose reference is the pipeline's own U-Net, its weights left unchanged.
    public init(pipeline: DiffusionPipeline, bank: PreferenceBank, plan: TrainingPlan) {
        self.pipeline = pipeline
        self.bank = bank
        self.plan = plan
        pass = DenoisingPass(network: pipeline.unet)
        gradients = ShardedGradients(count: pipeline.unet.layout.count)
        referenceFilters = TransformedFilters(layout: pipeline.unet.layout)
        referenceFilters.update(from: pipeline.unetWeights, trains: false)
    }

    /// Bytes held for activations and gradients.
    public var byteCount: Int {
        pass.byteCount + referenceFilters.byteCount
            + gradients.blocks.reduce(0) { $0 + $1.count * 4 }
    }

    /// What one lane's step produced.
    public struct StepResult {
        /// The step's quantities, with its time and speed.
        public let metrics: StepMetrics
        /// nil for objectives without a field.
        public let field: GradientField?
        /// The pairs' (kappa g_w, kappa g_l).
        public let ratios: [(l1: Double, l2: Double)]
        /// The quarter of the timestep range that each pair's timestep lies in, 0...3.
        public let quarters: [Int]
    }

    /// Takes one step in each of the given lanes, which must all have come equally far.
    public func advance(_ lanes: [Lane]) -> [StepResult] {
        guard let step = lanes.first?.step else { return [] }
        precondition(lanes.allSatisfy { $0.step == step }, "lanes in lockstep")
        let start = ContinuousClock.now
        let batch = PreferenceBatch(
            bank: bank, pipeline: pipeline, seed: plan.seed, step: step,
            pairs: plan.pairsPerStep, captionDropout: plan.captionDropout,
            identityCaptions: plan.identityCaptions)
        let reference = pass.forward(
            batch.denoising, weights: pipeline.unetWeights, filters: referenceFilters)
        let shared = (ContinuousClock.now - start).seconds / Double(lanes.count)
        return lanes.map { advance($0, batch, reference, sharedSeconds: shared) }
    }

    /// A lane's figures on draws that never change, so that its curve shows the lane and not the draw.
    public func fixedFigures(of lane: Lane) -> [Evaluation.Figure] {
        let draws =
            fixedDraws
            ?? FixedDraws(
                bank: bank, pipeline: pipeline, seed: plan.seed, pass: pass)
        fixedDraws = draws
        return draws.figures(of: lane, pass: pass)
    }

    private func advance(
        _ lane: Lane, _ batch: PreferenceBatch, _ reference: DenoisingPass.Outcome,
        sharedSeconds: Double
    ) -> StepResult {
        let start = ContinuousClock.now
        gradients.clear()
        let policy = pass.forward(batch.denoising, weights: lane.weights, gradients: gradients)
        let errors = PairedErrors(
            winners: side(0, of: batch, policy.errors, reference.errors),
            losers: side(1, of: batch, policy.errors, reference.errors))
        let outcome = lane.objective.evaluate(errors)
        let guarded = lane.safeguard?.apply(
            to: outcome, winnerErrors: errors.winners.policy,
            residualProducts: residualProducts(policy.predictions, batch))
        pass.backward(errorWeights: errorWeights(of: lane, guarded?.outcome ?? outcome, batch))
        let (sum, norm) = gradients.reduce()
        let rate = plan.learningRate(lane.settings, lane.step + 1)
        lane.optimiser.update(
            lane.weights, gradients: sum, learningRate: Float(rate),
            gradientScale: lane.optimiser.clipping(norm: norm))
        if let average = lane.average {
            MovingAverage.update(average, with: lane.weights, decay: Float(plan.policyEMA))
        }
        lane.step += 1
        let distances = distances(policy.predictions, reference.predictions, batch)
        let statistics = StepStatistics(
            batch: errors, outcome: outcome, winnerDistances: distances.winners,
            loserDistances: distances.losers, timesteps: Array(batch.timesteps.prefix(batch.pairs)),
            trainingTimesteps: pipeline.scheduler.configuration.trainTimesteps)
        let seconds = (ContinuousClock.now - start).seconds + sharedSeconds
        var metrics = StepMetrics(lane: lane.settings.name, step: lane.step, statistics)
        metrics.offset = outcome.offset ?? .nan
        metrics.gradientNorm = norm
        metrics.safeguardScale =
            guarded.map { $0.scales.reduce(0, +) / Double($0.scales.count) } ?? .nan
        metrics.learningRate = rate
        metrics.imagesPerSecond = Double(batch.denoising.count) / seconds
        metrics.time = Date().timeIntervalSince1970
        let kappa = lane.settings.kappa
        let range = pipeline.scheduler.configuration.trainTimesteps
        return StepResult(
            metrics: metrics, field: lane.objective.field(kappa: kappa, offset: outcome.offset),
            ratios: zip(errors.winners.logRatios, errors.losers.logRatios).map {
                (l1: kappa * $0, l2: kappa * $1)
            }, quarters: batch.timesteps.prefix(batch.pairs).map { $0 * 4 / range })
    }

    /// dL/d(error) of every sample of the batch.
    ///
    /// Beside the objective stands `sftWeight` times the mean error of all winners, anchors included
    /// (as in Pang et al., "Iterative reasoning preference optimization", arXiv 2404.19733); for SFT
    /// that mean is the objective.
    private func errorWeights(
        of lane: Lane, _ outcome: ObjectiveOutcome, _ batch: PreferenceBatch
    ) -> [Double] {
        let winners = Double(batch.pairs + 2 * batch.anchors)
        let isFineTuning = lane.objective.name == .sft
        let share = (isFineTuning ? 1 : lane.settings.sftWeight) / winners
        var weights = [Double](repeating: share, count: batch.denoising.count)
        for pair in 0..<batch.pairs {
            // g = l_ref - l_theta: the loss falls with the error as it rises with g.
            if !isFineTuning { weights[2 * pair] -= outcome.winnerGradients[pair] }
            weights[2 * pair + 1] = -outcome.loserGradients[pair]
        }
        return weights
    }

    /// Errors of the winners (0) or losers (1) of all pairs but the anchors.
    private func side(
        _ which: Int, of batch: PreferenceBatch, _ policy: [Double], _ reference: [Double]
    ) -> SideErrors {
        let indices = (0..<batch.pairs).map { 2 * $0 + which }
        return SideErrors(
            policy: indices.map { policy[$0] }, reference: indices.map { reference[$0] })
    }

    /// Of each pair, the mean over elements of (prediction - target) of the winner times that of the
    /// loser.
    private func residualProducts(_ policy: [Float], _ batch: PreferenceBatch) -> [Double] {
        let size = batch.denoising.sampleSize
        let targets = batch.denoising.targets
        return (0..<batch.pairs).map { pair in
            let (winner, loser) = (2 * pair * size, (2 * pair + 1) * size)
            var sum = 0.0
            for i in 0..<size {
                let ofWinner = policy[winner &+ i] - targets[winner &+ i]
                let ofLoser = policy[loser &+ i] - targets[loser &+ i]
                sum += Double(ofWinner * ofLoser)
            }
            return sum / Double(size)
        }
    }

    /// Mean squared distance of the two predictions for winners and losers, one a pair.
    private func distances(
        _ policy: [Float], _ reference: [Float], _ batch: PreferenceBatch
    ) -> (winners: [Double], losers: [Double]) {
        let size = batch.denoising.sampleSize
        func distance(_ index: Int) -> Double {
            policy.withUnsafeBufferPointer { p in
                reference.withUnsafeBufferPointer { r in
                    pb_squared_distance(
                        p.baseAddress! + index * size, r.baseAddress! + index * size, size)
                        / Double(size)
                }
            }
        }
        let pairs = 0..<batch.pairs
        return (pairs.map { distance(2 * $0) }, pairs.map { distance(2 * $0 + 1) })
    }
}

extension StepMetrics {
    /// The figures of a step as a message.
    init(lane: String, step: Int, _ statistics: StepStatistics) {
        self.init(lane: lane, step: step)
        let all = statistics.overall
        loss = all.loss
        implicitAccuracy = all.implicitAccuracy
        margin = all.margin
        winnerLogRatio = all.winnerLogRatio
        loserLogRatio = all.loserLogRatio
        policyError = all.policyError
        referenceError = all.referenceError
        klProxy = all.klProxy
        saturated = all.saturated
        capped = all.capped
        quartiles = statistics.quartiles.map { figures in
            var quartile = TimestepQuartile(images: figures.images)
            quartile.loss = figures.loss
            quartile.implicitAccuracy = figures.implicitAccuracy
            quartile.margin = figures.margin
            quartile.winnerLogRatio = figures.winnerLogRatio
            quartile.loserLogRatio = figures.loserLogRatio
            quartile.policyError = figures.policyError
            quartile.referenceError = figures.referenceError
            quartile.klProxy = figures.klProxy
            quartile.saturated = figures.saturated
            quartile.capped = figures.capped
            return quartile
        }
    }
}
