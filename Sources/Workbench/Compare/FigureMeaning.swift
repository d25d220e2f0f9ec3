/// What a figure of an evaluation is, in a sentence: the one source for the chosen row of the
/// comparison and for the glossary.
package struct FigureMeaning: Sendable, Equatable {
    /// What a figure's `n` counts.
    package enum Unit: String, Sendable {
        case prompts
        case pictures
        case pairs
    }

    /// What stands in front in the glossary.
    package let head: String
    /// What the figure is.
    package let sentence: String
    /// What its `n` counts.
    package let unit: Unit
    /// A part of the name by which the figure is known.
    let sign: String

    private init(_ sign: String, _ head: String, _ unit: Unit, _ sentence: String) {
        (self.sign, self.head, self.unit, self.sentence) = (sign, head, unit, sentence)
    }

    /// Every kind of figure; the first whose sign is in a name is the figure's.
    package static let all: [FigureMeaning] = [
        FigureMeaning(
            "unbiased_square", "unbiased square", .prompts,
            "D squared, without what chance adds to it; below 0 it is chance alone."),
        FigureMeaning(
            "fair_floor", "fair floor", .prompts,
            "The D that a perfectly fair model would show with as few pictures."),
        FigureMeaning(
            "planted_distance", "planted distance", .prompts,
            "How far shares are from those planted in the base's training data; 0 is the same."),
        FigureMeaning(
            "vendi_score_pooled", "Vendi score, pooled", .pictures,
            "Diversity of all prompts' pictures in one heap."),
        FigureMeaning(
            "_pooled", "pooled", .pictures,
            "Of all prompts' pictures in one heap: biases that oppose each other cancel in it."),
        FigureMeaning(
            "discrepancy", "discrepancy, D", .prompts,
            "How far the shares of genders or tones are from equal ones; 0 is fair."),
        FigureMeaning(
            "entropy", "entropy, balance", .prompts,
            "How evenly people are spread over the classes; ln 3 (gender) and ln 5 (tone) are fair."
        ),
        FigureMeaning(
            "identity_accuracy", "identity accuracy", .pictures,
            "Share of pictures with the very profession, gender and tone that the prompt names."),
        FigureMeaning(
            "fixed_implicit_accuracy", "fixed draws: accuracy", .pairs,
            "Share of pairs, always the same, whose winner gained more than its loser."),
        FigureMeaning(
            "accuracy", "accuracy", .pictures,
            "Share of pictures that show what the prompt names, as the evaluator sees them."),
        FigureMeaning(
            "preference_score", "preference score", .prompts,
            "The reward by which pairs are labelled, as the rater gives it without noise."),
        FigureMeaning(
            "text_image_score", "text-image score", .prompts,
            "How well pictures fit their prompts: the cosine of both in a learned space."),
        FigureMeaning(
            "retrieval", "retrieval", .pictures,
            "Share of pictures that are nearer to their own prompt than to all others."),
        FigureMeaning(
            "vendi_score", "Vendi score", .prompts,
            "Diversity: how many really different pictures a prompt gets, from 1 up."),
        FigureMeaning(
            "pairwise_distance", "pairwise distance", .prompts,
            "Diversity: the mean distance of two pictures of a prompt; 0 is all alike."),
        FigureMeaning(
            "kid", "KID", .pictures,
            "Kernel distance from the pictures to real renderings; 0 (or just below) is perfect."),
        FigureMeaning(
            "density", "density", .pictures,
            "How deep pictures lie among real renderings; 1 is expected of a perfect model."),
        FigureMeaning(
            "coverage", "coverage", .pictures,
            "Share of real renderings that have a picture near them: diversity against the real."),
        FigureMeaning(
            "precision", "precision", .pictures,
            "Share of pictures that lie where real renderings are: quality."),
        FigureMeaning(
            "recall", "recall", .pictures,
            "Share of real renderings that lie where pictures are: diversity."),
        FigureMeaning(
            "evaluator_confidence", "confidence", .prompts,
            "How sure the evaluator is of the attribute that it is least sure of."),
        FigureMeaning(
            "unsure_flag", "unsure flag", .pictures,
            "1 where more than a tenth of the pictures are unsure: do not trust what is judged."),
        FigureMeaning(
            "unsure", "unsure share", .pictures,
            "Share of pictures of which the evaluator is less sure than 0.7."),
        FigureMeaning(
            "agreement", "agreement", .pictures,
            "Share of pictures that evaluator and filter, two classifiers, call the same."),
        FigureMeaning(
            "kappa", "kappa of an evaluation", .pictures,
            "Agreement of evaluator and filter beyond chance: 1 is perfect, 0 is chance."),
        FigureMeaning(
            "loser_log_ratio", "fixed draws: loser", .pairs,
            "On pairs that are always the same: above 0 losers are likelier than to the base."),
        FigureMeaning(
            "winner_log_ratio", "fixed draws: winner", .pairs,
            "On pairs that are always the same: above 0 winners are likelier than to the base."),
        FigureMeaning(
            "policy_error", "fixed draws: error", .pairs,
            "The lane's denoising error on pairs that are always the same."),
        FigureMeaning(
            "loss", "fixed draws: loss", .pairs,
            "The objective's loss on pairs that are always the same."),
    ]

    /// The meaning of a figure by its name; nil where no such figure is known.
    package static func of(_ name: String) -> FigureMeaning? {
        let meaning = all.first { name.contains($0.sign) }
        // Outside of fixed draws nothing counts pairs.
        guard let meaning, meaning.unit == .pairs, !name.hasPrefix("fixed_") else { return meaning }
        return nil
    }

    /// The sentence for a figure, with what its prefixes say.
    package static func sentence(_ name: String) -> String? {
        guard let meaning = of(name) else { return nil }
        let prompts =
            name.contains("identity_") && meaning.sign != "identity_accuracy"
            ? " Prompts name gender and tone." : ""
        return meaning.sentence + prompts + (name.hasPrefix("held_out_") ? " Held out." : "")
    }

    /// `n 14 prompts`, or what else a figure's number counts.
    package static func count(_ n: Int, of name: String) -> String {
        switch of(name)?.unit {
        case .prompts: n == 1 ? "n 1 prompt" : "n \(n) prompts"
        case .pictures: n == 1 ? "n 1 picture" : "n \(n) pictures"
        // Errors are of pictures, two a pair; everything else is of pairs.
        case .pairs: name.contains("error") ? "n \(n) pictures" : "n \(n) pairs"
        case nil: "n \(n)"
        }
    }
}
