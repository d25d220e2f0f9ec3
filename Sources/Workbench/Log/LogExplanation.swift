import BenchProtocol

/// What a warning means in plain words, and what one can do about it.
package struct LogExplanation: Sendable, Equatable {
    /// What has happened.
    package let meaning: String
    /// What to do.
    package let remedy: String

    /// The explanation of a line; nil where the line says all there is to say.
    package init?(of line: LogLine) {
        guard line.level == .warning || line.level == .error else { return nil }
        if let kind = line.diagnostic {
            self = LogExplanation.meaning(of: kind)
            return
        }
        let text = line.message.lowercased()
        let known = LogExplanation.troubles.first { entry in
            entry.signs.contains { sign in sign.allSatisfy { text.contains($0) } }
        }
        guard let known else { return nil }
        self = known.explanation
    }

    private init(_ meaning: String, _ remedy: String) {
        self.meaning = meaning
        self.remedy = remedy
    }

    /// What a diagnostic of each kind means.
    private static func meaning(of kind: Diagnostic.Kind) -> LogExplanation {
        switch kind {
        case .likelihoodDisplacement:
            LogExplanation(
                "The lane finds its winners less likely than the base does: it pulls the sides "
                    + "apart by giving up both (likelihood displacement). Pictures get worse while "
                    + "the accuracy rises.",
                "Lower beta or the learning rate, give the lane an sft_weight, or take a "
                    + "divergence whose field pushes on winners (view 4).")
        case .saturation:
            LogExplanation(
                "On most pairs the objective's slope is almost 0: it counts them as won and has "
                    + "stopped learning from them.",
                "Lower beta (and kappa, for f-dpo) so that pairs stay in the steep part, or stop "
                    + "here: the lane may have learned what the pairs teach.")
        case .capped:
            LogExplanation(
                "Some pictures have become so much likelier or rarer than under the base that the "
                    + "divergence is continued by a straight line there: the loss is no longer "
                    + "quite its own.",
                "A few are no harm. If many are, lower kappa or the learning rate.")
        case .collapse:
            LogExplanation(
                "The lane's pictures become alike: one class takes all, or nothing varies between "
                    + "pictures of different noise.",
                "Go back to a checkpoint from before, with a lower learning rate or more weight on "
                    + "staying near the base.")
        case .unsureClassifier:
            LogExplanation(
                "The classifier is unsure of many pictures, so shares of who appears rest on "
                    + "guesses.",
                "Look at the pictures (view 5): if they are spoiled, the lane has gone too far; if "
                    + "they are fine, take the histograms with care.")
        case .nonFinite:
            LogExplanation(
                "A number was not finite: the lane's weights or gradients have blown up.",
                "Resume from the last checkpoint with a lower learning rate or beta.")
        case .explodingGradient:
            LogExplanation(
                "The gradient's norm is far from what it was: steps become too large, or vanish.",
                "If it exploded, lower the learning rate or lengthen the warm-up; if it vanished, "
                    + "the lane is saturated or has finished.")
        }
    }

    /// The troubles of files and processes.
    ///
    /// They are known by words that their lines have: one of the lists, all of its words. The first that
    /// fits counts.
    private static let troubles: [(signs: [[String]], explanation: LogExplanation)] = [
        (
            [["engine lost"], ["killed by signal"], ["engine", "gone"]],
            LogExplanation(
                "The engine's process ended without a goodbye: it crashed, or somebody killed it. "
                    + "Everything up to the last checkpoint is safe.",
                "r starts it again from there. If it was killed for memory, lower pairs_per_step.")
        ),
        (
            [["no space"], ["disk full"], ["nothing was written"], ["cannot be written"]],
            LogExplanation(
                "A file could not be written; what was there before it is untouched.",
                "Make room or check the folder's permissions, then press the key again.")
        ),
        (
            [["keys.toml"]],
            LogExplanation(
                "Your file of keys has a line that cannot be followed; all other lines count.",
                "Change the line that is named; popbench doctor checks the file without a screen.")
        ),
        (
            [[".toml", "theme"], ["themes/"]],
            LogExplanation(
                "A theme file has a mistake in the line that is named, so the theme is left out.",
                "Change the line; a role is a colour such as \"#7ab7ff\" or a table of fg, bg, "
                    + "bold, dim, underline, reverse.")
        ),
        (
            [["speaks protocol"]],
            LogExplanation(
                "The engine is of another version than this screen; they may misunderstand each "
                    + "other.",
                "Quit with \"stop and save\", then open the session again: its engine will be the "
                    + "new one.")
        ),
    ]
}
