/// Which points no other point beats on both of two axes.
public enum ParetoFront {
    /// The points of the front, as indices in the order of the first axis, the best first.
    ///
    /// A point is on the front where no other is at least as good on both axes and better on one;
    /// points that are not finite are on none. Of equal points all are on it.
    ///
    /// - Parameters:
    ///   - points: the two values of each point.
    ///   - isLowerBetter: for each axis, whether less is better.
    public static func indices(
        of points: [(Double, Double)], isLowerBetter: (Bool, Bool)
    ) -> [Int] {
        let scores = points.map { point in
            (
                isLowerBetter.0 ? -point.0 : point.0, isLowerBetter.1 ? -point.1 : point.1
            )
        }
        let finite = scores.indices.filter { scores[$0].0.isFinite && scores[$0].1.isFinite }
        return finite.filter { index in
            let own = scores[index]
            return !finite.contains { other in
                let rival = scores[other]
                return rival.0 >= own.0 && rival.1 >= own.1 && (rival.0 > own.0 || rival.1 > own.1)
            }
        }.sorted { (scores[$0].0, scores[$0].1) > (scores[$1].0, scores[$1].1) }
    }
}
