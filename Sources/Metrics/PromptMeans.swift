import Alignment

/// A figure of each prompt and their mean, with a bootstrap interval over prompts.
///
/// Every prompt weighs the same, however many pictures it has.
public struct PromptMeans: Sendable, Equatable {
    /// The prompts that have pictures, in ascending order.
    public let prompts: [Int]
    /// The figure of each of these prompts.
    public let perPrompt: [Double]
    /// The mean over prompts with its 95 % interval; n counts prompts.
    public let mean: Estimate
    /// How many pictures there are in all.
    public let pictures: Int

    /// Averages a figure that each picture has: a cosine, a reward, 1 for right and 0 for wrong.
    ///
    /// - Parameters:
    ///   - values: one a picture, [n].
    ///   - prompts: the prompt of each picture, [n].
    ///   - name: what the values are, for error messages.
    ///   - bootstrap: the resampling; lanes to be compared share it.
    ///   - stream: which sequence of random numbers it takes.
    /// - Throws: ``MetricError``, for fewer than two prompts and for values that are not finite.
    public init(
        of values: [Double], prompts: [Int], name: String, bootstrap: Bootstrap, stream: Int = 0
    ) throws(MetricError) {
        precondition(values.count == prompts.count, "one prompt a picture")
        if let bad = values.firstIndex(where: { !$0.isFinite }) {
            throw .notFinite(of: name, row: bad)
        }
        try self.init(
            members: PromptMeans.members(of: prompts), name: name, bootstrap: bootstrap,
            stream: stream
        ) { pictures throws(MetricError) in
            pictures.reduce(0) { $0 + values[$1] } / Double(pictures.count)
        }
    }

    /// Averages a figure that only several pictures have together: the diversity within a prompt.
    ///
    /// - Parameters:
    ///   - features: [n, d].
    ///   - prompts: the prompt of each picture, [n].
    ///   - name: the figure, for error messages.
    ///   - bootstrap: the resampling; lanes to be compared share it.
    ///   - stream: which sequence of random numbers it takes.
    ///   - figure: the figure of one prompt's features, such as `VendiScore.value(of:)`.
    /// - Throws: ``MetricError``, also where prompts have different numbers of pictures, on which such
    ///   figures depend.
    public init(
        within features: Features, prompts: [Int], name: String, bootstrap: Bootstrap,
        stream: Int = 0, figure: (Features) throws(MetricError) -> Double
    ) throws(MetricError) {
        precondition(features.count == prompts.count, "one prompt a picture")
        let members = PromptMeans.members(of: prompts)
        let sizes = members.map(\.pictures.count)
        if let smallest = sizes.min(), let largest = sizes.max(), smallest != largest {
            throw .unequalCounts(metric: name, smallest: smallest, largest: largest)
        }
        try self.init(members: members, name: name, bootstrap: bootstrap, stream: stream) {
            pictures throws(MetricError) in
            try figure(features.rows(pictures))
        }
    }

    private typealias Member = (prompt: Int, pictures: [Int])

    private init(
        members: [Member], name: String, bootstrap: Bootstrap, stream: Int,
        figure: ([Int]) throws(MetricError) -> Double
    ) throws(MetricError) {
        guard members.count >= 2 else {
            throw .tooFew(
                metric: "an interval of \(name)", of: "prompts", count: members.count, needed: 2)
        }
        var values: [Double] = []
        for member in members { values.append(try figure(member.pictures)) }
        guard values.allSatisfy(\.isFinite) else { throw .overflow(metric: name) }
        prompts = members.map(\.prompt)
        perPrompt = values
        mean = bootstrap.mean(of: values, stream: stream)
        pictures = members.reduce(0) { $0 + $1.pictures.count }
    }

    private static func members(of prompts: [Int]) -> [Member] {
        Dictionary(grouping: prompts.indices) { prompts[$0] }
            .sorted { $0.key < $1.key }
            .map { ($0.key, $0.value) }
    }
}
