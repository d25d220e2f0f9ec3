import Alignment

/// A share of pictures, such as those classified rightly.
public enum PromptShare {
    /// The share with a jackknife interval over prompts, in Wilson's form; n counts pictures.
    ///
    /// Pictures of one prompt resemble each other, so that the interval is never narrower than that of
    /// independent pictures, and wider where prompts differ. A single prompt cannot be left out: there
    /// it is Wilson's interval over its pictures.
    ///
    /// - Parameters:
    ///   - flags: whether each picture counts, [n].
    ///   - prompts: the prompt of each picture, [n].
    /// - Precondition: one prompt a picture.
    public static func estimate(of flags: [Bool], prompts: [Int]) -> Estimate {
        let hits = flags.filter { $0 }.count
        guard let jackknifed = try? jackknifed(flags, prompts: prompts) else {
            return Estimate.proportion(hits, of: flags.count)
        }
        return jackknifed.estimate
    }

    /// The share as a figure that two lanes can be compared by.
    ///
    /// - Throws: ``MetricError`` for fewer than two prompts.
    public static func jackknifed(
        _ flags: [Bool], prompts: [Int]
    ) throws(MetricError) -> Jackknifed {
        precondition(flags.count == prompts.count, "one prompt a picture")
        let blocks = PictureBlocks(count: flags.count, prompts: prompts, limit: .max)
        try blocks.require(1, metric: "a share", of: "pictures")
        var hits = Array(repeating: 0, count: blocks.count)
        for (flag, block) in zip(flags, blocks.blockOf) where flag { hits[block] += 1 }
        let all = hits.reduce(0, +)
        let without = zip(hits, blocks.sizes).map {
            Double(all - $0) / Double(flags.count - $1)
        }
        return try Jackknifed(
            "a share", value: Double(all) / Double(flags.count), n: flags.count,
            scale: .proportion(of: flags.count), leftOut: [LeftOut(blocks, without)])
    }
}
