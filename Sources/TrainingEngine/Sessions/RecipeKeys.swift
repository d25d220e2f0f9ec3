import PlainTOML

/// Every key of every table but `[[lane]]`, once: name, range, and why the default is what it is.
enum RecipeKeys {
    /// One `[section]` of the file and its keys.
    struct Section: Sendable {
        let name: String
        let keys: [RecipeKey<Recipe>]
    }

    /// The sections in the order a resolved recipe writes them.
    static let sections: [Section] = [
        Section(name: "session", keys: session),
        Section(name: "model", keys: model),
        Section(name: "populations", keys: populations),
        Section(name: "preferences", keys: preferences),
        Section(name: "sampling", keys: sampling),
        Section(name: "evaluation", keys: evaluation),
        Section(name: "training", keys: training),
    ]

    private static let session: [RecipeKey<Recipe>] = [
        .string(
            "name", \.session.name, expected: RecipeKey<Recipe>.nameExpectation,
            where: { RecipeKey<Recipe>.isName($0) },
            "what a new session is called when no name is given"),
        seed,
        .integer(
            "steps", \.session.steps, 1...100_000_000,
            "the last step; four hundred show every objective's way, and beyond it they over-train"),
        .integer(
            "autosave_steps", \.session.autosaveSteps, 1...100_000_000,
            "steps between checkpoints: about a minute's work of four lanes on two cores"),
        .integer(
            "keep", \.session.keep, 1...10_000,
            "newest checkpoints kept; more than one, so that a damaged one costs minutes only"),
        .integer(
            "keep_every", \.session.keepEvery, 0...100_000_000,
            "checkpoints at multiples of this stay, to go back to; 0 keeps none"),
        .integer(
            "pairs_per_step", \.session.pairsPerStep, 1...4096,
            "16 winners and 16 losers: PopAlign's offset is a mean over them and needs a few"),
    ]

    private static let seed = RecipeKey<Recipe>(
        name: "seed", reason: "every random draw is a function of it and of the draw's address",
        expected: "a whole number from 0 to \(Int.max)",
        assign: { value, recipe in
            guard case .integer(let number) = value, number >= 0 else { return false }
            recipe.session.seed = UInt64(number)
            return true
        },
        text: { String($0.session.seed) })

    private static let model: [RecipeKey<Recipe>] = [
        .string(
            "base", \.model.base, expected: "\"embedded\" or the path of a pipeline folder",
            where: { RecipeKey<Recipe>.isPath($0) },
            "the shipped model of emoji people; a path names a diffusers pipeline folder"),
        .string(
            "classifier", \.model.classifier,
            expected: "\"embedded\" or the path of a classifier's folder",
            where: { RecipeKey<Recipe>.isPath($0) },
            "the shipped attribute classifier, which filters the winners"),
        .string(
            "evaluator", \.model.evaluator,
            expected: "\"embedded\" or the path of a classifier's folder",
            where: { RecipeKey<Recipe>.isPath($0) },
            "trained apart from the classifier: a filter must not judge its own work"),
        .string(
            "scorer", \.model.scorer,
            expected: "\"embedded\" or the path of a text-image scorer's folder",
            where: { RecipeKey<Recipe>.isPath($0) },
            "the shipped joint embedding of pictures and captions"),
    ]

    private static let populations: [RecipeKey<Recipe>] = [
        .string(
            "source", \.populations.source,
            expected: "\"shipped\", \"collect\" or the path of a folder of populations",
            where: { RecipeKey<Recipe>.isPath($0) },
            "the shipped ones need no waiting; \"collect\" samples them anew from the base"),
        professions,
        .integer(
            "winners_per_prompt", \.populations.winnersPerPrompt, 1...100_000,
            "four of each of the fifteen identities, so that every identity weighs the same"),
        .integer(
            "losers_per_prompt", \.populations.losersPerPrompt, 1...100_000,
            "as many as winners, so that neither side repeats sooner than the other"),
        .number(
            "guidance_scale", \.populations.guidanceScale, 1...30,
            "the guidance that is evaluated: losers have to show the bias that will be measured"),
        .integer(
            "inference_steps", \.populations.inferenceSteps, 1...1000,
            "the steps that are evaluated"),
        .number(
            "confidence", \.populations.confidence, 0...1,
            "a winner that the classifier doubts teaches the wrong identity"),
    ]

    private static let preferences: [RecipeKey<Recipe>] = [
        .string(
            "source", \.preferences.source,
            expected: "\"none\", \"shipped\", \"collect\" or the path of a folder of pairs",
            where: { RecipeKey<Recipe>.isPath($0) },
            "\"none\" trains on populations; \"collect\" draws pairs from the base and has them rated;"
                + " those that are shipped were made in this way"
        ),
        .integer(
            "pairs_per_prompt", \.preferences.pairsPerPrompt, 1...5_000,
            "as many pairs as there are pictures of a side in the populations"),
        .number(
            "match_weight", \.preferences.matchWeight, 0...1e6,
            "the rater's score is match_weight x match + fidelity_weight x fidelity"),
        .number(
            "fidelity_weight", \.preferences.fidelityWeight, 0...1e6,
            "+ taste_weight x taste, each of the three from 0 to 1"),
        .number(
            "taste_weight", \.preferences.tasteWeight, 0...1e6,
            "twice the others: it is what the base does not satisfy and what training can add"),
        .number(
            "temperature", \.preferences.temperature, 0...1e6,
            "labels are drawn with P = sigma(difference of scores / temperature); 0 is without noise"
        ),
    ]

    private static let professions = RecipeKey<Recipe>(
        name: "professions",
        reason: "those aligned; the six left out show whether fairness carries over",
        expected: "a list of different professions, such as [\"farmer\", \"health worker\"]",
        assign: { value, recipe in
            guard case .array(let values) = value, (1...1000).contains(values.count) else {
                return false
            }
            var names: [String] = []
            for case .string(let name) in values where RecipeKey<Recipe>.isPath(name) {
                names.append(name == "doctor" ? "health worker" : name)
            }
            guard names.count == values.count, Set(names).count == names.count else { return false }
            recipe.populations.professions = names
            return true
        },
        text: { TOMLText.array($0.populations.professions) })

    private static let sampling: [RecipeKey<Recipe>] = [
        .integer(
            "every", \.sampling.every, 0...100_000_000,
            "often enough to see it move, seldom enough to cost a tenth of the time; 0 is never"),
        .integer(
            "count", \.sampling.count, 1...1024,
            "pictures a lane, from shared noise; a dozen is a first look at who appears"),
        .integer(
            "inference_steps", \.sampling.inferenceSteps, 1...1000,
            "half of what is evaluated: recognisable, and twice as quick"),
        .number(
            "guidance_scale", \.sampling.guidanceScale, 1...30, "as in the evaluation"),
        .string(
            "prompt", \.sampling.prompt, expected: "a prompt such as \"a firefighter\"",
            where: { RecipeKey<Recipe>.isPath($0) && $0.utf8.count <= 1000 },
            "the prompt shown first; one that is trained moves soonest"),
    ]

    private static let evaluation: [RecipeKey<Recipe>] = [
        .integer(
            "every", \.evaluation.every, 0...100_000_000,
            "0: only when asked, since all prompts take longer than the training in between"),
        .integer(
            "pictures_per_prompt", \.evaluation.picturesPerPrompt, 2...100_000,
            "24 keeps a fair model's chance discrepancy near 0.16 for three classes"),
        .number(
            "guidance_scale", \.evaluation.guidanceScale, 1...30,
            "where profession and identity come out right most often"),
        .integer(
            "inference_steps", \.evaluation.inferenceSteps, 1...1000,
            "beyond it the pictures hardly change"),
    ]

    private static let training: [RecipeKey<Recipe>] = [
        .number(
            "caption_dropout", \.training.captionDropout, 0...1,
            "as in pretraining, so that guidance keeps an empty caption to lean on"),
        .number(
            "identity_captions", \.training.identityCaptions, 0...0.9,
            "share of pairs that are winners under captions that name them; 0, as published"),
        .number("adam_beta1", \.training.adamBeta1, 0...0.999999, "AdamW's usual value"),
        .number("adam_beta2", \.training.adamBeta2, 0...0.999999, "AdamW's usual value"),
        .number("adam_epsilon", \.training.adamEpsilon, 1e-16...1, "AdamW's usual value"),
        .number(
            "weight_decay", \.training.weightDecay, 0...10,
            "AdamW's usual value; next to nothing at these learning rates"),
        .number(
            "max_grad_norm", \.training.maxGradNorm, 1e-6...1e9,
            "preference losses scale with beta: clipping bounds what one odd batch can do"),
        .choice(
            "schedule", \.training.schedule,
            "constant, so that a session may be prolonged without another learning rate"),
        .number(
            "policy_ema", \.training.policyEMA, 0...0.999999,
            "0: pictures come from the weights being trained, as in the published runs"),
    ]
}
