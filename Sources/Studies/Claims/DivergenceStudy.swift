extension PublishedStudy {
    /// Which f-divergence gives the best trade-off between alignment and diversity.
    public static let divergences = PublishedStudy(
        name: "divergences",
        title: "Which f-divergence gives the best trade-off between alignment and diversity?",
        introduction: [
            """
            Sun, Xia, Chang and Wang, "Generalizing Alignment Paradigm of Text-to-Image \
            Generation with Preferences through f-divergence Minimization" ([arXiv \
            2409.09774](https://arxiv.org/abs/2409.09774)), report that "alignment based \
            on Jensen-Shannon divergence achieves the best trade-off" and that the \
            divergence "significantly impacts the trade-off between alignment performance \
            ... and generation diversity". Here five divergences train f-DPO from the same \
            base on the same rated pairs of pictures, in the same batches. A rater whose \
            formula is known (prompt match, fidelity to real renderings, and a taste for \
            figures left of the middle, which the base does not have) labelled them with \
            Bradley-Terry noise of a known temperature.
            """,
            """
            An equal beta is no equal start: at the base f'' is 1 for reverse KL, forward \
            KL and alpha, 1/2 for Jensen-Shannon and 2 for Jeffreys. So every claim is \
            judged twice, once with lanes of equal beta and once with lanes of equal \
            slope, beta kappa f''(1). Three divergences have both at once.
            """,
            """
            Alignment is the preference score: the rater's mean score of a lane's \
            pictures, without noise, higher is better. The trade-off adds it to the \
            diversity within prompts, each as a part of the base's. Fairness is in the \
            tables too, but these pairs do not teach it.
            """,
        ],
        arms: [Arm(name: "", recipe: "studies/divergences", isQuick: true)],
        claims: { _ in
            claims(of: "same slope", js: "js-slope", jeffreys: "jeffreys-slope")
                + claims(of: "same beta", js: "js-beta", jeffreys: "jeffreys-beta")
        },
        axes: (["diversity", "identity_accuracy"], "preference_score"),
        focus: ["js-slope", "js-beta"])

    private static let paper = "2409.09774"

    private static func claims(of family: String, js: String, jeffreys: String) -> [Claim] {
        let others = ["reverse-kl", "forward-kl", "alpha", jeffreys]
        let lanes = others + [js]
        func among(
            _ sentence: String, _ source: Claim.Source, _ figure: String, _ lane: String,
            _ direction: Claim.Comparison.Direction
        ) -> Claim {
            Claim(
                family: family, sentence, source: source,
                lanes.filter { $0 != lane }.map { .init(figure, lane, against: $0, direction) })
        }
        let pairs = lanes.indices.flatMap { first in
            lanes.indices.filter { $0 > first }.map { (lanes[first], lanes[$0]) }
        }
        let hypothesis = Claim.Source.expectation(
            "reverse KL seeks modes, so it may align most and keep least diversity")
        let matching = "with lanes of the \(family)"
        return [
            among(
                "Jensen-Shannon has the best trade-off of the five divergences, \(matching).",
                .paper(
                    arXiv: paper,
                    says: "alignment based on Jensen-Shannon divergence achieves the best trade-off"
                ), "trade_off", js, .higher),
            Claim(
                family: family,
                "The divergence makes a difference to the trade-off, \(matching).",
                source: .paper(
                    arXiv: paper,
                    says:
                        "the divergence significantly impacts the trade-off between alignment and diversity"
                ), logic: .anyDifference,
                pairs.map { .init("trade_off", $0.0, against: $0.1, .higher) }),
            among(
                "Reverse KL raises the preference score most, \(matching).", hypothesis,
                "preference_score", "reverse-kl", .higher),
            Claim(
                family: family,
                "Every divergence raises the preference score above the base's, \(matching).",
                source: .expectation("it is what the pairs were labelled by"),
                lanes.map { .init("preference_score", $0, against: "base", .higher) }),
            Claim(
                family: family,
                "Every divergence raises it on held-out professions too, \(matching).",
                source: .expectation("a taste for a place has nothing to do with who is drawn"),
                lanes.map { .init("held_out_preference_score", $0, against: "base", .higher) }),
            among(
                "Reverse KL keeps the least diversity, \(matching).", hypothesis, "diversity",
                "reverse-kl", .lower),
        ]
    }
}
