import Alignment
import BenchProtocol

/// The recorded figures of a study, by name, with intervals over seeds and prompts.
public struct StudyFigures: Sendable {
    /// A figure of one contender: a row a seed, a column a prompt; one column where it is a figure of
    /// a whole evaluation.
    struct Matrix: Sendable, Equatable {
        var seeds: [UInt64]
        /// The professions of the columns; empty for a figure of a whole evaluation.
        var prompts: [String]
        var rows: [[Double]]
    }

    /// A contender after some steps.
    public struct Model: Sendable, Hashable {
        /// `base`, or the arm and the lane.
        public var contender: String
        /// Steps that it had taken; 0 for the base.
        public var step: Int

        /// A contender after some steps.
        public init(contender: String, step: Int) {
            self.contender = contender
            self.step = step
        }
    }

    /// The records that the figures come from.
    public let records: [EvaluationRecord]
    private let byModel: [Model: [EvaluationRecord]]
    /// All models, in the order of the records.
    public let models: [Model]

    /// Takes a study's records; those with a problem count as not measured.
    public init(_ records: [EvaluationRecord]) {
        self.records = records
        var byModel: [Model: [EvaluationRecord]] = [:]
        var models: [Model] = []
        for record in records {
            let model = Model(contender: record.contender, step: record.step)
            if byModel[model] == nil { models.append(model) }
            byModel[model, default: []].append(record)
        }
        self.byModel = byModel
        self.models = models
    }

    /// A contender after its last recorded step.
    public func last(_ contender: String) -> Model? {
        models.filter { $0.contender == contender }.max { $0.step < $1.step }
    }

    /// The records of a model, one a seed.
    public func records(of model: Model) -> [EvaluationRecord] { byModel[model] ?? [] }

    /// The names of all measured figures, in the order in which they were first recorded.
    public var names: [String] {
        var (known, names) = (Set<String>(), [String]())
        for record in records {
            for figure in record.figures where known.insert(figure.name).inserted {
                names.append(figure.name)
            }
        }
        return names
    }

    /// Whether a figure, measured or derived, exists for any model.
    public func has(_ name: String) -> Bool {
        models.contains { matrix(name, $0) != nil }
    }

    // MARK: Values

    /// The mean of a figure over seeds and prompts; nil where it was not measured.
    public func mean(_ name: String, _ model: Model) -> CrossedMean? {
        matrix(name, model).map { matrix in
            CrossedMean(matrix.rows, resolution: resolution(name, matrix, model))
        }
    }

    /// The least standard error of a share, `sqrt(p (1 - p) / (n + 4))` with two more pictures each way
    /// where all n have it; 0 for other figures.
    ///
    /// Reference: Agresti, Coull, "Approximate is better than exact for interval estimation of
    /// binomial proportions", The American Statistician 52, 1998.
    private func resolution(_ name: String, _ matrix: Matrix, _ model: Model) -> Double {
        guard FigureNames.isShare(name), let record = byModel[model]?.first else { return 0 }
        let columns = max(1, matrix.rows.first?.count ?? 1)
        let n = Double(matrix.rows.count * columns * record.evaluation.pictures)
        return (2 * (n + 2)).squareRoot() / ((n + 4) * (n + 4).squareRoot())
    }

    /// The mean with its interval: over seeds and prompts, or the evaluation's own where there is one
    /// seed and the figure is of the whole evaluation.
    public func estimate(_ name: String, _ model: Model) -> Estimate? {
        guard let mean = mean(name, model) else { return nil }
        if mean.seeds == 1, mean.prompts == 1,
            let figure = byModel[model]?.lazy.flatMap(\.figures).first(where: { $0.name == name })
        {
            return Estimate(
                value: figure.value, low: figure.low, high: figure.high, n: figure.n)
        }
        let estimate = mean.estimate
        let range = FigureNames.range(of: name)
        return Estimate(
            value: estimate.value,
            low: estimate.low.isNaN ? .nan : max(estimate.low, range.lowerBound),
            high: estimate.high.isNaN ? .nan : min(estimate.high, range.upperBound), n: estimate.n)
    }

    /// `model - factor * other`, prompt by prompt and seed by seed, over the seeds that both have.
    public func difference(
        _ name: String, _ model: Model, minus other: Model, factor: Double = 1
    ) -> CrossedMean? {
        guard let a = matrix(name, model), let b = matrix(name, other), a.prompts == b.prompts
        else { return nil }
        let rows = zip(a.seeds, a.rows).compactMap { seed, row -> [Double]? in
            guard let index = b.seeds.firstIndex(of: seed) else { return nil }
            return zip(row, b.rows[index]).map { $0 - factor * $1 }
        }
        guard !rows.isEmpty else { return nil }
        let (one, two) = (resolution(name, a, model), factor * resolution(name, b, other))
        return CrossedMean(rows, resolution: (one * one + two * two).squareRoot())
    }

    /// The mean over prompts in each seed that has the figure.
    public func perSeed(_ name: String, _ model: Model) -> [(seed: UInt64, value: Double)] {
        guard let matrix = matrix(name, model) else { return [] }
        return zip(matrix.seeds, matrix.rows).map { seed, row in
            let finite = row.filter(\.isFinite)
            return (seed, finite.reduce(0, +) / Double(finite.count))
        }
    }

    func matrix(_ name: String, _ model: Model) -> Matrix? {
        let (base, isHeldOut) = FigureNames.split(name)
        if let derived = DerivedFigure.all.first(where: { $0.name == base }) {
            return matrix(derived, isHeldOut: isHeldOut, model)
        }
        return measured(name, base: base, isHeldOut: isHeldOut, model)
    }

    private func measured(
        _ name: String, base: String, isHeldOut: Bool, _ model: Model
    ) -> Matrix? {
        guard let records = byModel[model]?.filter({ $0.problem == nil }), let first = records.first
        else { return nil }
        if let table = first.prompts[base] {
            let trained = Set(first.trained)
            let prompts = table.keys.filter { trained.contains($0) != isHeldOut }.sorted()
            let kept = records.filter { $0.prompts[base] != nil }
            guard !prompts.isEmpty else { return nil }
            return Matrix(
                seeds: kept.map(\.seed), prompts: prompts,
                rows: kept.map { record in
                    prompts.map { (record.prompts[base]?[$0] ?? nil) ?? .nan }
                })
        }
        let values = records.compactMap { record in
            record.figures.first { $0.name == name && $0.value.isFinite }
                .map { (record.seed, [$0.value]) }
        }
        guard !values.isEmpty else { return nil }
        return Matrix(seeds: values.map(\.0), prompts: [], rows: values.map(\.1))
    }

    private func matrix(_ derived: DerivedFigure, isHeldOut: Bool, _ model: Model) -> Matrix? {
        let prefix = isHeldOut ? FigureNames.heldOutPrefix : ""
        var parts: [(matrix: Matrix, weight: Double)] = []
        for term in derived.terms {
            let found = term.anyOf.lazy.compactMap { base -> (Matrix, String)? in
                measured(prefix + base, base: base, isHeldOut: isHeldOut, model)
                    .map { ($0, base) }
            }.first
            guard let (matrix, base) = found else { return nil }
            var weight = term.weight
            if term.isRelativeToBase {
                let reference = Model(contender: EvaluationRecord.baseName, step: 0)
                guard
                    let whole = measured(
                        prefix + base, base: base, isHeldOut: isHeldOut, reference
                    ).map({ CrossedMean($0.rows).value }), whole != 0, whole.isFinite
                else { return nil }
                weight /= abs(whole)
            }
            parts.append((matrix, weight))
        }
        // Where one term has no prompts, only means over prompts can be added.
        if Set(parts.map(\.matrix.prompts)).count > 1 {
            parts = parts.map { (Self.overPrompts($0.matrix), $0.weight) }
        }
        let seeds = parts[0].matrix.seeds.filter { seed in
            parts.allSatisfy { $0.matrix.seeds.contains(seed) }
        }
        guard !seeds.isEmpty else { return nil }
        let rows = seeds.map { seed in
            parts[0].matrix.rows[0].indices.map { column in
                parts.reduce(0) { sum, part in
                    let row = part.matrix.seeds.firstIndex(of: seed)!
                    return sum + part.weight * part.matrix.rows[row][column]
                }
            }
        }
        return Matrix(seeds: seeds, prompts: parts[0].matrix.prompts, rows: rows)
    }

    private static func overPrompts(_ matrix: Matrix) -> Matrix {
        Matrix(
            seeds: matrix.seeds, prompts: [],
            rows: matrix.rows.map { row in
                let finite = row.filter(\.isFinite)
                return [finite.reduce(0, +) / Double(finite.count)]
            })
    }
}
