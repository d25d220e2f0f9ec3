/// Why a figure cannot be computed from what was given.
public enum MetricError: Error, Equatable, CustomStringConvertible {
    /// A feature that is NaN or infinite.
    case notFinite(of: String, row: Int)
    /// Fewer than the figure needs.
    case tooFew(metric: String, of: String, count: Int, needed: Int)
    /// More than the figure can be computed for in reasonable time.
    case tooMany(metric: String, of: String, count: Int, limit: Int)
    /// A feature vector of length 0, which has no direction.
    case zeroVector(of: String, row: Int)
    /// Two rows that have to differ and do not.
    case identical(of: String, row: Int, other: Int)
    /// So many identical rows that no neighbourhood has an extent.
    case noExtent(of: String, neighbours: Int)
    /// Prompts of different size for a figure that depends on size.
    case unequalCounts(metric: String, smallest: Int, largest: Int)
    /// Finite features so large that the figure is not.
    case overflow(metric: String)
    /// A matrix that no set of similarities has.
    case notSimilarities(reason: String)
    /// Two figures that were not measured on the same prompts.
    case notPaired(reason: String)

    /// What is wrong and what to do about it.
    public var description: String {
        switch self {
        case .notFinite(let rows, let row):
            return "\(rows): row \(row) holds a value that is NaN or infinite; a model whose"
                + " weights diverged gives such features"
        case .tooFew(let metric, let rows, let count, let needed):
            return "\(metric) needs at least \(needed) \(rows), and there are \(count): draw more"
        case .tooMany(let metric, let rows, let count, let limit):
            return "\(metric) takes at most \(limit) \(rows), and there are \(count): take fewer"
        case .zeroVector(let rows, let row):
            return "\(rows): row \(row) is zero throughout and has no direction, so no cosine"
        case .identical(let rows, let row, let other):
            return "\(rows): rows \(row) and \(other) are identical, so nothing can tell them apart"
        case .noExtent(let rows, let neighbours):
            return "\(rows): each is identical to \(neighbours) others, so no neighbourhood has an"
                + " extent; bring different ones"
        case .unequalCounts(let metric, let smallest, let largest):
            return "\(metric) depends on the number of pictures, and prompts have between"
                + " \(smallest) and \(largest): draw equally many for each"
        case .overflow(let metric):
            return "\(metric) is not a finite number: the features are too large; scale them"
        case .notSimilarities(let reason):
            return "no matrix of similarities: \(reason)"
        case .notPaired(let reason):
            return "the two figures cannot be compared: \(reason)"
        }
    }
}
