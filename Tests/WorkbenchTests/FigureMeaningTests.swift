import BenchProtocol
import TerminalKit
import Testing
import Workbench

@Suite("What figures mean")
struct FigureMeaningTests {
    /// Every name that an evaluation gives, by the patterns of its page.
    static var names: [String] {
        let attributes = ["gender", "tone"]
        var names: [String] = []
        for side in ["", "held_out_"] {
            for attribute in attributes {
                let own = "\(side)discrepancy_\(attribute)"
                names += ["", "_pooled", "_unbiased_square", "_fair_floor"].map { own + $0 }
                names += ["entropy", "planted_distance"].map { "\(side)\($0)_\(attribute)" }
                names.append("\(side)identity_\(attribute)_accuracy")
            }
            names += ["profession_accuracy", "identity_profession_accuracy", "identity_accuracy"]
                .map { side + $0 }
            for kind in ["", "identity_"] {
                names += [
                    "text_image_score", "text_image_retrieval", "preference_score", "kid",
                    "density", "precision", "coverage", "recall", "vendi_score",
                    "vendi_score_pooled", "pairwise_distance", "evaluator_confidence",
                    "unsure_share", "unsure_flag",
                ].map { side + kind + $0 }
            }
            for attribute in ["profession"] + attributes {
                names += ["\(side)agreement_\(attribute)", "\(side)kappa_\(attribute)"]
            }
        }
        return names
            + ["loss", "implicit_accuracy", "winner_log_ratio", "loser_log_ratio", "policy_error"]
            .map { "fixed_\($0)" }
    }

    @Test("every figure that an evaluation names has a sentence of its own and a unit")
    func sentences() {
        #expect(Self.names.count == 107)
        for name in Self.names {
            let meaning = FigureMeaning.of(name)
            #expect(meaning != nil, "\(name)")
            #expect(FigureMeaning.sentence(name)?.hasSuffix(".") == true, "\(name)")
            // Two lines at 80 columns are enough.
            let lines = TextLayout.wrapped(FigureMeaning.sentence(name) ?? "", to: 76)
            #expect(lines.count <= 2, "\(name): \(lines)")
        }
        #expect(FigureMeaning.sentence("no_such_figure") == nil)
    }

    @Test("n counts prompts, pictures or pairs as the page on metrics says")
    func units() {
        func count(_ name: String) -> String { FigureMeaning.count(14, of: name) }
        for name in [
            "discrepancy_gender", "held_out_discrepancy_tone_fair_floor", "entropy_tone",
            "planted_distance_gender", "text_image_score", "preference_score", "vendi_score",
            "identity_pairwise_distance", "evaluator_confidence",
        ] {
            #expect(count(name) == "n 14 prompts", "\(name)")
        }
        for name in [
            "discrepancy_gender_pooled", "vendi_score_pooled", "identity_accuracy",
            "profession_accuracy", "text_image_retrieval", "kid", "density", "recall",
            "unsure_share", "unsure_flag", "agreement_tone", "kappa_gender", "fixed_policy_error",
        ] {
            #expect(count(name) == "n 14 pictures", "\(name)")
        }
        #expect(count("fixed_loss") == "n 14 pairs")
        #expect(FigureMeaning.count(1, of: "entropy_tone") == "n 1 prompt")
    }

    @Test("the glossary has the figures' own sentences, and the words that screens use")
    func glossary() {
        func found(_ word: String) -> [String] {
            var help = HelpText()
            help.input = TextInput(word)
            return Scripted.model().helpSections(help)
                .first { $0.title == "Words on the screen" }?.entries.map(\.words) ?? []
        }
        for meaning in FigureMeaning.all {
            #expect(found(meaning.head).contains(meaning.sentence), "\(meaning.head)")
        }
        for word in [
            "bias", "planted", "floor", "fair floor", "pooled", "kappa", "KL", "vendi", "KID",
            "unsure", "beta", "held out", "h/o", "✓", "✗", "~", "density", "coverage",
            "precision", "recall", "balance", "entropy", "unbiased square", "identity accuracy",
            "text-image score", "preference score", "agreement", "fixed draws",
        ] {
            #expect(!found(word).isEmpty, "\(word)")
        }
    }

    @Test("long heads of the glossary are read in full at 80 columns")
    func heads() {
        for (sought, words) in [
            ("retrieval", ["retrieval"]), ("preference score", ["preference", "score"]),
            ("identity accuracy", ["identity", "accuracy"]),
        ] {
            var model = Scripted.model(width: 80, height: 24)
            _ = model.type("?" + sought)
            let text = snapshotFrame(model, width: 80, height: 24, theme: .builtin).plainText()
            for word in words { #expect(text.contains("│ \(word) "), "\(word)\n\(text)") }
        }
    }

    @Test("the chosen row of the metrics says what the figure is and what its n counts")
    func chosenRow() {
        for (width, height) in [(80, 24), (120, 40), (200, 50)] {
            var model = Scripted.model(width: width, height: height)
            _ = model.type("3")
            let text = snapshotFrame(model, width: width, height: height, theme: .builtin)
                .plainText()
            #expect(text.contains("How far the shares of genders or tones are"), "\(width)")
            #expect(text.contains("n 336 prompts"), "\(width)")
            #expect(text.contains("v figures"), "\(width): the key is named")
        }
    }
}
