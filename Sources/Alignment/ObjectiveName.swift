/// The objectives by their names in recipes, commands and lines.
public struct ObjectiveName: RawRepresentable, Hashable, Sendable, CaseIterable {
    /// The name as it is written.
    public let rawValue: String

    /// Any name; `allCases` holds those that exist.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Every objective there is, in the order in which they are listed.
    public static let kinds: [any Objective.Type] = [
        SupervisedFineTuning.self,
        DiffusionDPO.self,
        PopAlign.self,
        FDPO.self,
        DiffusionKTO.self,
    ]

    /// The names of all objectives.
    public static var allCases: [ObjectiveName] { kinds.map { $0.name } }

    /// The objective of this name.
    ///
    /// - Throws: `AlignmentError.unknownObjective`.
    public func kind() throws -> any Objective.Type {
        guard let kind = ObjectiveName.kinds.first(where: { $0.name == self }) else {
            throw AlignmentError.unknownObjective(rawValue)
        }
        return kind
    }

    /// The divergence that words describe, as this objective's rule has it.
    ///
    /// - Throws: `AlignmentError` for one that is missing, superfluous, unknown or outside the
    ///   theory, and for an order without the divergence that has one.
    public func divergence(named name: String?, alpha: Double?) throws -> Divergence? {
        let rule = try kind().divergenceRule
        guard let name else {
            if rule == .required { throw AlignmentError.divergenceMissing(objective: rawValue) }
            if alpha != nil { throw AlignmentError.alphaUnused(divergence: nil) }
            return nil
        }
        guard rule != .none else {
            throw AlignmentError.divergenceUnused(objective: rawValue, divergence: name)
        }
        return try Divergence(name: name, alpha: alpha)
    }

    /// The objective that a lane's settings describe.
    ///
    /// - Parameters:
    ///   - name: one of `allCases`.
    ///   - divergence: one of `Divergence.names`, for objectives that take one.
    ///   - alpha: the order, for the divergence `alpha`, and for no other.
    ///   - beta: the outer scale, which `sft` leaves unused.
    ///   - kappa: the inner scale, which only objectives with a divergence use in their loss.
    /// - Throws: `AlignmentError`, which says what to write instead.
    public static func makeObjective(
        named name: String, divergence: String?, alpha: Double?, beta: Double, kappa: Double
    ) throws -> any Objective {
        let name = ObjectiveName(rawValue: name)
        return try name.kind().init(
            divergence: name.divergence(named: divergence, alpha: alpha), beta: beta, kappa: kappa)
    }

    /// The beta at which the objective starts with the given slope: the key to matched starts.
    ///
    /// - Parameters:
    ///   - slope: see `Objective.initialSlope`.
    ///   - divergence: as the objective's rule has it.
    ///   - kappa: the inner scale, for objectives with a divergence.
    /// - Returns: nil for an objective without margin, which no beta can match.
    /// - Throws: `AlignmentError` for a slope or kappa that is not positive, and for a divergence
    ///   that is missing or superfluous.
    public func betaMatching(
        slope: Double, divergence: Divergence? = nil, kappa: Double
    ) throws -> Double? {
        try requirePositive(slope, "slope")
        _ = try self.divergence(named: divergence?.name, alpha: divergence?.order)
        let unit = try kind().init(divergence: divergence, beta: 1, kappa: kappa)
        return unit.initialSlope.map { slope / $0 }
    }
}

/// Throws unless `value` is a positive, finite number.
func requirePositive(_ value: Double, _ key: String) throws {
    guard value > 0, value.isFinite else {
        throw AlignmentError.notPositive(key: key, value: value)
    }
}
