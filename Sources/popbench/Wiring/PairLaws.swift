import Alignment
import BenchProtocol
import Figures
import Foundation

extension PairLaw {
    /// A gradient field as functions.
    init(_ field: GradientField) {
        self.init(
            reading: { l1, l2 in
                let gradient = field.gradient(l1, l2)
                return PairReading(
                    x1: exp(l1), x2: exp(l2), loss: field.loss(l1, l2), dX1: gradient.winner,
                    dX2: gradient.loser, ratio: field.ratio(l1, l2))
            }, logMagnitudes: { l1, l2 in field.logMagnitudes(l1, l2) })
    }

    /// The field of a lane around a batch's offset, NaN where there is none; nil for a lane that
    /// compares no pair and for objectives that this program does not know.
    init?(of lane: LaneSettings, offset: Double) {
        let objective = try? ObjectiveName.makeObjective(
            named: lane.objective, divergence: lane.divergence, alpha: lane.alpha, beta: lane.beta,
            kappa: lane.kappa)
        guard lane.kappa > 0, lane.kappa.isFinite,
            let field = objective?.field(
                kappa: lane.kappa, offset: offset.isFinite ? offset : nil)
        else { return nil }
        self.init(field)
    }
}
