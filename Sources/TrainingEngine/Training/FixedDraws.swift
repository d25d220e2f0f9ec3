import Alignment
import BenchProtocol
import DiffusionModels
import TensorCore

/// Pairs, timesteps and noise that are the same at every evaluation of a session: single draws vary far
/// more than a lane improves from one step to the next.
struct FixedDraws {
    /// Batches enough for a steady figure and few enough for a fraction of a second a lane.
    private static let batches = 3
    private static let pairsPerBatch = 32

    private let draws: [(batch: PreferenceBatch, reference: [Double])]
    private let bootstrap: Bootstrap

    /// Draws the pairs and the reference model's errors on them.
    init(bank: PreferenceBank, pipeline: DiffusionPipeline, seed: UInt64, pass: DenoisingPass) {
        // A seed of their own: training must never see these draws.
        let own = seed ^ 0x5EED_F12E_D0D0_0001
        bootstrap = Bootstrap(seed: own)
        draws = (0..<Self.batches).map { index in
            let batch = PreferenceBatch(
                bank: bank, pipeline: pipeline, seed: own, step: index,
                pairs: Self.pairsPerBatch, captionDropout: 0)
            let reference = pass.forward(batch.denoising, weights: pipeline.unetWeights)
            return (batch, reference.errors)
        }
    }

    /// Means over pairs with their intervals.
    func figures(of lane: Lane, pass: DenoisingPass) -> [Evaluation.Figure] {
        var winners = SideErrors(policy: [], reference: [])
        var losers = winners
        for (batch, reference) in draws {
            let policy = pass.forward(batch.denoising, weights: lane.weights).errors
            func joined(_ side: SideErrors, _ which: Int) -> SideErrors {
                let indices = stride(from: which, to: policy.count, by: 2)
                return SideErrors(
                    policy: side.policy + indices.map { policy[$0] },
                    reference: side.reference + indices.map { reference[$0] })
            }
            winners = joined(winners, 0)
            losers = joined(losers, 1)
        }
        let outcome = lane.objective.evaluate(PairedErrors(winners: winners, losers: losers))
        let accurate = zip(winners.logRatios, losers.logRatios).map { w, l in
            w > l ? 1.0 : w == l ? 0.5 : 0
        }
        return [
            Evaluation.Figure("fixed_loss", bootstrap.mean(of: outcome.terms.map(\.loss))),
            Evaluation.Figure("fixed_implicit_accuracy", bootstrap.mean(of: accurate)),
            Evaluation.Figure("fixed_winner_log_ratio", bootstrap.mean(of: winners.logRatios)),
            Evaluation.Figure("fixed_loser_log_ratio", bootstrap.mean(of: losers.logRatios)),
            Evaluation.Figure(
                "fixed_policy_error", bootstrap.mean(of: winners.policy + losers.policy)),
        ]
    }
}
