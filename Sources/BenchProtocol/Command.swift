/// What the screen asks of an engine; every command is answered by events, never by a return value.
public enum Command: Codable, Sendable, Equatable {
    /// Opens the conversation; an engine of another protocol version answers with a `failure`.
    case hello(protocolVersion: Int)
    /// Starts or resumes training.
    case start
    /// Pauses training after the step under way.
    case pause
    /// Takes `count` training steps, then pauses.
    case step(count: Int)
    /// Writes a checkpoint now.
    case save
    /// Saves, says goodbye and ends the engine.
    case stop
    /// Chooses the prompt whose histograms and thumbnails are kept fresh.
    case selectPrompt(prompt: String)
    /// Samples `count` pictures for `prompt` from the base and every lane, from shared noise.
    case sample(prompt: String, count: Int)
    /// Collects winner and loser populations anew from the base model.
    case collect
    /// Evaluates the base and every lane on all prompts.
    case evaluate
    /// Writes a lane's weights as a diffusers pipeline folder.
    case export(lane: String, path: String)
    /// Adds a lane; it catches up on the batches that the others have seen.
    case addLane(lane: LaneSettings)
    /// Changes the settings of the lane of that name, keeping its weights.
    case changeLane(lane: LaneSettings)
    /// Removes a lane and its metrics from the session.
    case removeLane(name: String)
    /// Asks for at most `points` values of a logged quantity between two steps.
    case fetchCurve(CurveRequest)
    /// Asks who appeared for a prompt over the steps, of every lane and attribute, in at most
    /// `points` measurements each, and for what the data set plants.
    case fetchPopulations(prompt: String, points: Int)
    /// Asks how the picture of a lane (or `base`) for a prompt came out of noise number `index`, in
    /// at most `frames` of its denoising steps.
    case film(lane: String, prompt: String, index: Int, frames: Int)
    /// Gives up the long task of that name, as its `progress` lines name it.
    case cancel(task: String)
    /// Asks for everything a newly attached screen has to know, as ordinary events.
    case refresh
}

/// Which part of a metric's history a screen wants.
public struct CurveRequest: Codable, Sendable, Equatable {
    /// The lane's name.
    public var lane: String
    /// The logged quantity in snake case, as in a `step` line: `loss`, `implicit_accuracy`, ...;
    /// `loss_q1` to `loss_q4` for a quarter of the timestep range; or the name of a figure of an
    /// `evaluation`.
    public var quantity: String
    /// The first step wanted, included.
    public var firstStep: Int
    /// The last step wanted, included.
    public var lastStep: Int
    /// The most points to send back; a longer history arrives as minima and maxima of buckets.
    public var points: Int

    /// Asks for `quantity` of one lane over `firstStep...lastStep`, in at most `points` buckets.
    public init(lane: String, quantity: String, firstStep: Int, lastStep: Int, points: Int) {
        self.lane = lane
        self.quantity = quantity
        self.firstStep = firstStep
        self.lastStep = lastStep
        self.points = points
    }
}

/// What makes one contender of a session: an objective and its constants.
public struct LaneSettings: Codable, Sendable, Equatable {
    /// Names the lane within its session; events and commands refer to it by this.
    public var name: String
    /// `sft`, `diffusion-dpo`, `popalign`, `f-dpo` or `diffusion-kto`.
    public var objective: String
    /// `reverse-kl`, `forward-kl`, `js`, `alpha` or `jeffreys`; nil for objectives without one.
    public var divergence: String?
    /// Outer scale of the margin.
    public var beta: Double
    /// Inner scale of the log-ratio, l = kappa g.
    public var kappa: Double
    /// Order of the alpha divergence, 0 < alpha < 1.
    public var alpha: Double?
    /// Weight of the winners' denoising error beside the objective's own loss; 0 for none.
    public var sftWeight: Double
    /// Slack of Diffusion-SDPO's safeguard of the winners, 0...1; nil for none.
    public var safeguard: Double?
    /// Peak learning rate, reached at the end of the warm-up.
    public var learningRate: Double
    /// Steps over which the learning rate rises linearly from zero.
    public var warmupSteps: Int

    /// Settings as given; nothing is checked here, the engine refuses what makes no objective.
    public init(
        name: String, objective: String, divergence: String? = nil, beta: Double, kappa: Double,
        alpha: Double? = nil, sftWeight: Double = 0, safeguard: Double? = nil, learningRate: Double,
        warmupSteps: Int
    ) {
        self.name = name
        self.objective = objective
        self.divergence = divergence
        self.beta = beta
        self.kappa = kappa
        self.alpha = alpha
        self.sftWeight = sftWeight
        self.safeguard = safeguard
        self.learningRate = learningRate
        self.warmupSteps = warmupSteps
    }
}
