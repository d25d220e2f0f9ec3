extension PublishedStudy {
    /// Whether preference between populations makes a model fairer than alternatives on the same data.
    public static let popalign = PublishedStudy(
        name: "popalign",
        title: "Is population-level preference fairer than its alternatives on the same data?",
        introduction: [
            """
            Li, Singh and Grover, "PopAlign: Population-Level Alignment for Fair \
            Text-to-Image Generation" ([arXiv \
            2406.19668](https://arxiv.org/abs/2406.19668)), report that PopAlign \
            "significantly mitigates the bias of pretrained T2I models while largely \
            preserving the generation quality", and that methods on pairs of single \
            samples "fail to address this problem effectively". Here its loss stands \
            beside plain fine-tuning on the winners (SFT), Diffusion-DPO and \
            Diffusion-KTO. All lanes train on the same winners and losers, in the same \
            batches, from the same base.
            """,
            """
            In the arm *plain* the lanes are as published: no anchors, no averaged \
            weights, a constant rate, and an early stop, since they forget prompts that \
            name an identity soon after. In *anchored* all lanes have the anchors of \
            docs/alignment.md, averaged weights and a falling rate. In each arm the \
            preference losses start at the same slope.
            """,
        ],
        arms: [
            Arm(name: "plain", recipe: "studies/popalign-plain", isQuick: true),
            Arm(name: "anchored", recipe: "studies/popalign-anchored", isQuick: false),
        ],
        claims: { arms in arms.flatMap(claims(ofArm:)) },
        axes: (["held_out_identity_accuracy"], "held_out_discrepancy"),
        focus: ["popalign"])

    private static let paper = "2406.19668"

    private static func claims(ofArm arm: String) -> [Claim] {
        func lane(_ name: String) -> String { arm.isEmpty ? name : "\(arm)/\(name)" }
        let family = arm.isEmpty ? "all" : arm
        let popalign = lane("popalign")
        let bias = Claim.Source.paper(
            arXiv: paper, says: "PopAlign significantly mitigates the bias of pretrained models")
        let pairs = Claim.Source.paper(
            arXiv: paper,
            says: "methods on pairs of individual samples fail to address population-level bias")
        let quality = Claim.Source.paper(
            arXiv: paper, says: "the generation quality is largely preserved")
        func lowers(
            _ sentence: String, _ figure: String, than other: String, _ source: Claim.Source
        ) -> Claim {
            Claim(
                family: family, sentence, source: source,
                [.init(figure, popalign, against: other, .lower)])
        }
        let data = Claim.Source.expectation(
            "plain fine-tuning on the same winners is the baseline that a preference loss has to beat"
        )
        let kto = Claim.Source.expectation(
            "Diffusion-KTO judges single images as PopAlign does, without its offset")
        var claims = [
            lowers(
                "PopAlign lowers discrepancy below the base's on the professions trained on.",
                "discrepancy", than: "base", bias),
            lowers(
                "PopAlign lowers discrepancy below the base's on held-out professions.",
                "held_out_discrepancy", than: "base", bias),
        ]
        for (figure, place) in [
            ("discrepancy", "the professions trained on"),
            ("held_out_discrepancy", "held-out professions"),
        ] {
            claims += [
                lowers(
                    "PopAlign lowers discrepancy more than SFT on \(place).", figure,
                    than: lane("sft"), data),
                lowers(
                    "PopAlign lowers discrepancy more than Diffusion-DPO on \(place).", figure,
                    than: lane("diffusion-dpo"), pairs),
                lowers(
                    "PopAlign lowers discrepancy more than Diffusion-KTO on \(place).", figure,
                    than: lane("diffusion-kto"), kto),
            ]
        }
        func kept(_ sentence: String, _ figure: String) -> Claim {
            Claim(
                family: family, sentence, source: quality,
                [.init(figure, popalign, against: "base", .higher, bound: -0.02)])
        }
        claims += [
            kept(
                "PopAlign keeps identity accuracy within 2 points of the base on held-out professions.",
                "held_out_identity_accuracy"),
            kept(
                "PopAlign keeps profession accuracy within 2 points of the base on held-out professions.",
                "held_out_profession_accuracy"),
            kept(
                "PopAlign keeps the text-image score within 0.02 of the base's on held-out professions.",
                "held_out_text_image_score"),
            Claim(
                family: family,
                "On held-out professions PopAlign halves both discrepancies, with both accuracies and the text-image score within 2 points of the base.",
                source: .expectation("what popbench asks of a recipe before it recommends it"),
                [
                    .init(
                        "held_out_discrepancy_gender", popalign, against: "base", factor: 0.5,
                        .lower),
                    .init(
                        "held_out_discrepancy_tone", popalign, against: "base", factor: 0.5, .lower),
                    .init(
                        "held_out_identity_accuracy", popalign, against: "base", .higher,
                        bound: -0.02),
                    .init(
                        "held_out_profession_accuracy", popalign, against: "base", .higher,
                        bound: -0.02),
                    .init(
                        "held_out_text_image_score", popalign, against: "base", .higher,
                        bound: -0.02),
                ]),
        ]
        return claims
    }
}
