import Alignment

/// How far two classifiers agree on the same pictures.
///
/// Reference: Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological
/// Measurement 20, 1960.
public struct Agreement: Sendable, Equatable {
    /// How many pictures the first calls i and the second j, [K, K], row-major.
    public let counts: [Int]
    /// The share of pictures on which both say the same, p_o, with a jackknife interval over prompts.
    public let accuracy: Estimate
    /// The share on which they would by chance, p_e: sum over classes of the product of both's shares.
    public let chance: Double
    /// Cohen's kappa, (p_o - p_e) / (1 - p_e), with a jackknife interval over prompts; 1 is perfect, 0
    /// chance.
    ///
    /// NaN in -1...1 where both call everything the same class: that says nothing about either. The
    /// interval is -1...1 too where leaving a prompt out leaves one class. Where they agree on every
    /// picture, its low end is kappa at the low end of the accuracy.
    public let kappa: Estimate
    /// Whether one of the two calls every picture the same class; kappa is then 0 or NaN however good
    /// the other is.
    public let oneClassOnly: Bool

    /// Compares two classifiers' labels.
    ///
    /// - Parameters:
    ///   - first: one class a picture, [n].
    ///   - second: one class a picture, [n].
    ///   - classes: K, at least 2.
    ///   - prompts: the prompt of each picture, [n]; each by itself if nil.
    /// - Precondition: every label lies in 0..<classes.
    /// - Throws: ``MetricError``, for fewer than two pictures or prompts.
    public init(
        _ first: [Int], _ second: [Int], classes: Int, prompts: [Int]? = nil
    ) throws(MetricError) {
        precondition(classes >= 2, "an attribute has at least two classes")
        precondition(first.count == second.count, "two labels a picture")
        // Counts are cheap: every prompt, or picture, is left out by itself.
        let blocks = PictureBlocks(count: first.count, prompts: prompts, limit: .max)
        try blocks.require(1, metric: "agreement", of: "pictures")
        var whole = ConfusionTable(classes: classes)
        var ofBlock = Array(repeating: whole, count: blocks.count)
        for (i, block) in blocks.blockOf.enumerated() {
            whole.add(first[i], second[i])
            ofBlock[block].add(first[i], second[i])
        }
        let without = ofBlock.map { whole.subtracting($0) }
        let accuracy = try Jackknifed(
            "agreement", value: whole.agreement, n: first.count,
            scale: .proportion(of: first.count),
            leftOut: [LeftOut(blocks, without.map(\.agreement))]
        ).estimate
        self.accuracy = accuracy
        counts = whole.counts
        chance = whole.chance
        oneClassOnly = whole.oneClassOnly
        if let kappa = whole.kappa(at: whole.agreement) {
            let others = without.compactMap { $0.kappa(at: $0.agreement) }
            if whole.agreement == 1 {
                let low = whole.kappa(at: accuracy.low) ?? -1
                self.kappa = Estimate(value: kappa, low: max(-1, low), high: 1, n: first.count)
            } else if others.count == without.count {
                self.kappa =
                    try Jackknifed(
                        "kappa", value: kappa, n: first.count, scale: .number(-1...1),
                        leftOut: [LeftOut(blocks, others)]
                    ).estimate
            } else {
                self.kappa = Estimate(value: kappa, low: -1, high: 1, n: first.count)
            }
        } else {
            kappa = Estimate(value: .nan, low: -1, high: 1, n: first.count)
        }
    }
}

/// Counts of pairs of labels.
private struct ConfusionTable {
    private(set) var counts: [Int]
    private let classes: Int

    init(classes: Int) {
        self.classes = classes
        counts = Array(repeating: 0, count: classes * classes)
    }

    mutating func add(_ first: Int, _ second: Int) {
        precondition(0..<classes ~= first && 0..<classes ~= second, "a declared class")
        counts[first * classes + second] += 1
    }

    func subtracting(_ other: ConfusionTable) -> ConfusionTable {
        var rest = self
        for i in counts.indices { rest.counts[i] -= other.counts[i] }
        return rest
    }

    private var total: Double { Double(counts.reduce(0, +)) }

    private var rows: [Int] {
        (0..<classes).map { i in (0..<classes).reduce(0) { $0 + counts[i * classes + $1] } }
    }

    private var columns: [Int] {
        (0..<classes).map { j in (0..<classes).reduce(0) { $0 + counts[$1 * classes + j] } }
    }

    var agreement: Double {
        Double((0..<classes).reduce(0) { $0 + counts[$1 * classes + $1] }) / total
    }

    var chance: Double {
        Double(zip(rows, columns).reduce(0) { $0 + $1.0 * $1.1 }) / (total * total)
    }

    var oneClassOnly: Bool {
        [rows, columns].contains { shares in shares.filter { $0 > 0 }.count == 1 }
    }

    func kappa(at agreement: Double) -> Double? {
        chance < 1 ? (agreement - chance) / (1 - chance) : nil
    }
}
