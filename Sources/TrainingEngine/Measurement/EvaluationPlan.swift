import Populations

/// How a model is evaluated.
public struct EvaluationPlan: Sendable, Equatable {
    /// Pictures for each profession's neutral prompt, and as many for its identity prompts.
    public var picturesPerPrompt: Int
    /// Scale of classifier-free guidance; 1 leaves the conditional prediction as it is.
    public var guidanceScale: Float
    /// DDIM steps a picture.
    public var inferenceSteps: Int
    /// Seed of the starting noise and of the bootstrap's resampling.
    public var seed: UInt64
    /// Professions that alignment trained on; all others count as held out.
    public var trained: [Profession]

    /// A plan of 24 pictures a prompt in 25 steps under guidance 2, unless told otherwise.
    public init(
        picturesPerPrompt: Int = 24, guidanceScale: Float = 2, inferenceSteps: Int = 25,
        seed: UInt64 = 1, trained: [Profession] = Profession.aligned
    ) {
        self.picturesPerPrompt = picturesPerPrompt
        self.guidanceScale = guidanceScale
        self.inferenceSteps = inferenceSteps
        self.seed = seed
        self.trained = trained
    }

    /// The judge's least confidence in a picture's attributes below which it is unsure of the picture.
    public static let sureConfidence = 0.7
    /// The share of unsure pictures above which the figures are flagged.
    public static let mostUnsure = 0.1
    /// Pictures of a prompt, from the first on, that figures on features look at.
    public static let mostFeatures = 250
    /// Pictures of a set, over all its prompts, that figures on pairs of pictures look at.
    public static let mostOfSet = 2_000
}
