/// Which checkpoints of a session stay.
///
/// Saves at multiples of `every` are periodic; those between them were asked for: by hand, for a
/// fork, on leaving. The newest `keep` of either kind stay, so neither pushes the other out, and of
/// both together never more than twice `keep`; multiples of `keepEvery` stay for good.
public struct CheckpointRetention: Sendable, Equatable {
    /// How many of the newest of either kind stay, at least 1.
    public var keep: Int
    /// Multiples of this step stay for good; 0 lets none.
    public var keepEvery: Int
    /// Multiples of this step are periodic; 0 counts every one as periodic.
    public var every: Int

    /// A rule with every field given.
    public init(keep: Int, keepEvery: Int, every: Int) {
        self.keep = keep
        self.keepEvery = keepEvery
        self.every = every
    }

    /// The rule of a recipe.
    init(_ recipe: Recipe) {
        self.init(
            keep: recipe.session.keep, keepEvery: recipe.session.keepEvery,
            every: recipe.session.autosaveSteps)
    }

    /// Whether a step's checkpoint is one of those that come by themselves.
    public func isPeriodic(_ step: Int) -> Bool { every <= 0 || step % every == 0 }

    /// How many of its kind stay beside a step's checkpoint, that one among them; nil where it stays
    /// for good.
    public func count(besides step: Int) -> Int? {
        staysForGood(step) ? nil : max(keep, 1)
    }

    private func staysForGood(_ step: Int) -> Bool {
        keepEvery > 0 && step > 0 && step % keepEvery == 0
    }

    /// The steps that stay of those there are.
    public func kept(of steps: [Int]) -> Set<Int> {
        let newest = steps.sorted(by: >)
        let periodic = newest.filter(isPeriodic).prefix(max(keep, 1))
        let others = newest.filter { !isPeriodic($0) }.prefix(max(keep, 1))
        return Set(periodic).union(others).union(newest.filter(staysForGood))
    }
}
