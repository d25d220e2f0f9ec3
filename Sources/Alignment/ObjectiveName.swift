/// The objectives by their names in recipes, commands and lines.
public enum ObjectiveName: String, CaseIterable, Sendable {
    /// Supervised fine-tuning on the winners.
    case sft
    /// Diffusion-DPO.
    case diffusionDPO = "diffusion-dpo"
    /// PopAlign.
    case popAlign = "popalign"
    /// f-DPO with one of `Divergence.names`.
    case fDPO = "f-dpo"

    /// The objective that a lane's settings describe.
    ///
    /// - Parameters:
    ///   - name: one of this enumeration's raw values.
    ///   - divergence: for `f-dpo`, and for no other.
    ///   - alpha: the order, for the divergence `alpha`, and for no other.
    ///   - beta: the outer scale, which `sft` leaves unused.
    ///   - kappa: the inner scale, which only `f-dpo` uses in its loss.
    /// - Throws: `AlignmentError`, which says what to write instead.
    public static func makeObjective(
        named name: String, divergence: String?, alpha: Double?, beta: Double, kappa: Double
    ) throws -> any Objective {
        guard let objective = ObjectiveName(rawValue: name) else {
            throw AlignmentError.unknownObjective(name)
        }
        guard objective == .fDPO else {
            if let divergence {
                throw AlignmentError.divergenceUnused(objective: name, divergence: divergence)
            }
            if alpha != nil { throw AlignmentError.alphaUnused(divergence: nil) }
            switch objective {
            case .diffusionDPO: return try DiffusionDPO(beta: beta)
            case .popAlign: return try PopAlign(beta: beta)
            case .sft, .fDPO: return SupervisedFineTuning()
            }
        }
        guard let divergence else { throw AlignmentError.divergenceMissing(objective: name) }
        return try FDPO(
            divergence: Divergence(name: divergence, alpha: alpha), beta: beta, kappa: kappa)
    }
}

/// Throws unless `value` is a positive, finite number.
func requirePositive(_ value: Double, _ key: String) throws {
    guard value > 0, value.isFinite else {
        throw AlignmentError.notPositive(key: key, value: value)
    }
}
