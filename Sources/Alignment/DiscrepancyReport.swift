/// The discrepancy of one attribute over a set of prompts: each by itself, their mean, and pooled.
public struct DiscrepancyReport: Sendable, Equatable {
    /// D of each prompt with a bootstrap interval over its images, in the order given.
    public let perPrompt: [Estimate]
    /// The mean of D over prompts with a bootstrap interval over prompts; n counts prompts that
    /// have images.
    public let meanOverPrompts: Estimate
    /// D of all images together with a bootstrap interval over images.
    ///
    /// Biases that differ from prompt to prompt cancel here: a model that draws only men as judges
    /// and only women as teachers pools to fair.
    public let pooled: Estimate
    /// The mean over prompts of the unbiased square of D, over those with two images or more.
    public let meanUnbiasedSquare: Estimate
    /// The mean over prompts of what a perfectly fair model would show; without any spread where all
    /// prompts have as many images.
    public let meanFairFloor: Estimate
    /// The mean over prompts of the attribute's entropy, in nats.
    public let meanEntropy: Estimate

    /// Reports on the counts of each prompt.
    ///
    /// - Precondition: at least one prompt, all with the same classes.
    public init(prompts: [PopulationCounts], bootstrap: Bootstrap) {
        let pool = PopulationCounts(pooling: prompts)
        let seen = prompts.filter { $0.total > 0 }
        // Stream 0 is the mean's, 1 the pool's, so that every figure draws numbers of its own.
        perPrompt = prompts.enumerated().map { index, prompt in
            prompt.discrepancyEstimate(bootstrap, stream: 2 + index)
        }
        meanOverPrompts = bootstrap.mean(of: seen.map(\.discrepancy))
        pooled = pool.discrepancyEstimate(bootstrap, stream: 1)
        // The means of one report resample the same prompts.
        meanUnbiasedSquare = bootstrap.mean(
            of: seen.map(\.unbiasedSquare).filter { !$0.isNaN })
        meanFairFloor = bootstrap.mean(of: seen.map(\.fairFloor))
        meanEntropy = bootstrap.mean(of: seen.map(\.entropy))
    }
}
