import BenchProtocol
import Foundation

/// What a fork takes from the session it comes from, and what it changes.
public struct ForkPlan: Sendable, Equatable {
    /// The step of the checkpoint to start from; 0 is the base model, nil the newest whole one.
    public var step: Int?
    /// What the fork is to do; nil for the recipe as it was at the checkpoint.
    public var recipe: Recipe?
    /// The lane that a lane of the fork takes weights and history from, by the fork's name for it;
    /// one that is not named here comes from the lane of its own name, or starts from the base.
    public var origins: [String: String]

    /// A plan; without arguments everything stays as it is at the newest checkpoint.
    public init(step: Int? = nil, recipe: Recipe? = nil, origins: [String: String] = [:]) {
        self.step = step
        self.recipe = recipe
        self.origins = origins
    }
}

extension SessionStore {
    /// Makes a new session that goes on from one of this session's checkpoints.
    ///
    /// Weights, optimiser moments, the session's own populations and all measurements up to that step
    /// come along, so that an unchanged fork trains to the very bits that this session would. The new
    /// folder is made under a hidden name and appears in one rename, whole or not at all. Files of
    /// weights are shared with the checkpoint where the disk allows it.
    ///
    /// - Parameters:
    ///   - path: the new session's folder; its last part is the name.
    ///   - plan: where to start and what to change.
    ///   - created: seconds since 1970.
    /// - Returns: the new session, and what a person should hear of how it was made.
    /// - Throws: ``SessionError``, ``CheckpointDefect`` or ``RecipeError``; nothing is left behind.
    public func fork(
        to path: String, plan: ForkPlan, created: Double
    ) throws -> (session: SessionStore, remarks: [String]) {
        try fork(to: path, plan: plan, created: created, probe: { _, _ in })
    }

    /// Makes a fork with a probe that tests fail.
    package func fork(
        to path: String, plan: ForkPlan, created: Double, probe: @escaping FileProbe
    ) throws -> (session: SessionStore, remarks: [String]) {
        let files = DurableFile(probe: probe)
        let path = Self.absolute(path)
        let name = (path as NSString).lastPathComponent
        guard RecipeKey<Recipe>.isName(name) else { throw SessionError.badName(name) }
        guard access(path, F_OK) != 0 else { throw SessionError.taken(path: path) }
        let source = try ForkSource(self, step: plan.step)
        var recipe = plan.recipe ?? source.recipe
        recipe.session.name = name
        let lanes = try source.lanes(of: recipe, origins: plan.origins)

        let partial =
            (path as NSString).deletingLastPathComponent + "/.\(name)\(DurableFile.partialSuffix)"
        try files.remove(partial)
        let fork = SessionStore(path: partial, files: files)
        var remarks: [String] = []
        do {
            for folder in [partial, fork.checkpoints.path, fork.samplesPath] {
                try files.makeFolder(folder)
            }
            // A fork that asks for other populations would not get them past these.
            if recipe.populations == source.recipe.populations,
                DurableFile.isFolder(populationsPath)
            {
                try files.copyFolder(populationsPath, to: fork.populationsPath)
            } else {
                try files.makeFolder(fork.populationsPath)
            }
            do {
                try MetricsStore.copy(
                    metricsPath, to: fork.metricsPath, upTo: source.step, lanes: lanes)
            } catch let error as MetricsError where error.isDamage {
                try files.remove(fork.metricsPath)
                remarks.append("the fork has no history: \(error)")
            }
            if let checkpoint = source.checkpoint {
                try fork.adopt(checkpoint, lanes: lanes, recipe: recipe, created: created)
            }
            let prompts = self.prompts()
            if prompts != SessionPrompts() { try fork.write(prompts) }
            try fork.write(recipe)
            var record = Record(name: name, created: created)
            record.tags = try self.record().tags
            record.lineage = Lineage(
                session: (self.path as NSString).lastPathComponent, step: source.step,
                changes: source.changes(to: recipe, origins: plan.origins))
            try fork.write(record)
            try files.syncFolder(partial)
            try files.rename(partial, to: path)
        } catch {
            try? files.remove(partial)
            throw error
        }
        try files.syncFolder(of: path)
        return (SessionStore(path: path, files: DurableFile()), remarks)
    }

    /// Writes a checkpoint of this session from the files of another's.
    private func adopt(
        _ checkpoint: Checkpoint, lanes: [ForkedLane], recipe: Recipe, created: Double
    ) throws {
        let weights = lanes.compactMap { lane -> CheckpointFile? in
            guard let source = lane.weights else { return nil }
            let files = self.files
            return CheckpointFile(
                name: TrainingSession.fileName(of: lane.name),
                expectedBytes: DurableFile.bytes(at: source)
            ) { try files.duplicate(source, as: $0) }
        }
        let text = CheckpointFile(name: Self.recipeName, bytes: Array(recipe.resolved().utf8))
        _ = try checkpoints.save(
            step: checkpoint.step, contents: weights + [text], facts: checkpoint.facts,
            created: created)
    }
}

/// A lane of a fork, and what it takes over.
struct ForkedLane {
    let name: String
    /// The lane whose history it continues; nil for one that starts from the base.
    let origin: String?
    /// The file of weights and moments; nil for one that starts from the base.
    let weights: String?
}

/// One checkpoint of a session, or its base model, as the beginning of a fork.
private struct ForkSource {
    let session: String
    /// Nil at step 0.
    let checkpoint: Checkpoint?
    /// The recipe as it was there.
    let recipe: Recipe

    var step: Int { checkpoint?.step ?? 0 }

    init(_ store: SessionStore, step: Int?) throws {
        session = (store.path as NSString).lastPathComponent
        if let step, step != 0 {
            let whole = try store.checkpoints.all()
            guard let found = whole.first(where: { $0.step == step }) else {
                let known = (whole.map(\.step) + [0]).map(String.init).joined(separator: ", ")
                throw SessionError.cannotFork(
                    session: session,
                    reason: "it has no checkpoint of step \(step); it has \(known)")
            }
            checkpoint = try Checkpoint.open(found.path)
        } else {
            checkpoint = step == nil ? try store.latestCheckpoint().checkpoint : nil
        }
        recipe =
            try checkpoint?.path(of: SessionStore.recipeName).map { try Recipe.read(path: $0) }
            ?? store.recipe()
    }

    /// What each lane of the fork takes over.
    func lanes(of fork: Recipe, origins: [String: String]) throws -> [ForkedLane] {
        func refuse(_ reason: String) -> SessionError {
            .cannotFork(session: session, reason: reason)
        }
        for name in origins.keys.sorted() where !fork.lanes.contains(where: { $0.name == name }) {
            throw refuse("the fork has no lane \"\(name)\"")
        }
        for lane in fork.lanes { try RecipeLane.check(lane) }
        if checkpoint != nil {
            guard fork.model.base == recipe.model.base else {
                throw refuse("another model.base does not fit the weights; fork at step 0")
            }
            guard (fork.training.policyEMA > 0) == (recipe.training.policyEMA > 0) else {
                throw refuse(
                    "training.policy_ema cannot be switched on or off between; fork at step 0")
            }
            guard fork.session.steps > step else {
                throw refuse(
                    "it would end at step \(fork.session.steps) and starts at \(step): "
                        + "raise session.steps")
            }
        }
        let found = try fork.lanes.map { lane -> ForkedLane in
            let origin = origins[lane.name] ?? lane.name
            guard let checkpoint else {
                // At the base all lanes are the same; there is no history to continue.
                return ForkedLane(name: lane.name, origin: nil, weights: nil)
            }
            let weights = checkpoint.path(of: TrainingSession.fileName(of: origin))
            if weights == nil, origins[lane.name] != nil {
                throw refuse("step \(step) has no lane \"\(origin)\"")
            }
            return ForkedLane(
                name: lane.name, origin: weights == nil ? nil : origin, weights: weights)
        }
        guard checkpoint == nil || found.contains(where: { $0.weights != nil }) else {
            throw refuse("none of its lanes is in the checkpoint of step \(step)")
        }
        return found
    }

    /// What the fork does otherwise, a line a change.
    func changes(to fork: Recipe, origins: [String: String]) -> [String] {
        var changes: [String] = []
        for (old, new) in zip(recipe.fields, fork.fields)
        where old.lane == nil && old.value != new.value && old.key != "name" {
            changes.append("\(new.section).\(new.key) = \(new.value)")
        }
        for lane in fork.lanes {
            let origin = origins[lane.name] ?? lane.name
            guard let was = recipe.lanes.first(where: { $0.name == origin }) else {
                changes.append("lane \(lane.name) is new")
                continue
            }
            let before = Recipe.fields(of: was, lane: 0)
            let altered = zip(before, Recipe.fields(of: lane, lane: 0))
                .filter { $0.value != $1.value && $0.key != "name" }
                .map { "\($1.key) \($0.value.isEmpty ? "none" : $0.value) -> \($1.value)" }
            let from = origin == lane.name ? "" : " (from \(origin))"
            if !altered.isEmpty || !from.isEmpty {
                changes.append("\(lane.name)\(from): \(altered.joined(separator: ", "))")
            }
        }
        for lane in recipe.lanes
        where !fork.lanes.contains(where: { (origins[$0.name] ?? $0.name) == lane.name }) {
            changes.append("without lane \(lane.name)")
        }
        return changes
    }
}
