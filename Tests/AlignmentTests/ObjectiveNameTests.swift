import Alignment
import Testing

@Suite struct ObjectiveNameTests {
    private func make(
        _ name: String, _ divergence: String? = nil, alpha: Double? = nil, beta: Double = 1,
        kappa: Double = 1_000
    ) throws -> any Objective {
        try ObjectiveName.makeObjective(
            named: name, divergence: divergence, alpha: alpha, beta: beta, kappa: kappa)
    }

    @Test("Every name makes the objective that says it has that name")
    func names() throws {
        for name in ObjectiveName.allCases {
            let made = try make(name.rawValue, name == .fDPO ? "js" : nil)
            #expect(made.name == name)
        }
        #expect(
            ObjectiveName.allCases.map(\.rawValue) == ["sft", "diffusion-dpo", "popalign", "f-dpo"])
        let alpha = try #require(try make("f-dpo", "alpha", alpha: 0.25) as? FDPO)
        #expect(alpha.divergence == .alpha(0.25))
    }

    @Test("A name that does not exist is named with those that do")
    func unknown() {
        #expect(throws: AlignmentError.unknownObjective("dpo")) { try make("dpo") }
        let text = AlignmentError.unknownObjective("dpo").description
        #expect(text.contains("\"dpo\"") && text.contains("diffusion-dpo"))
    }

    @Test("A divergence or an order that would be ignored is refused")
    func unused() {
        let unused = AlignmentError.divergenceUnused(objective: "popalign", divergence: "js")
        #expect(throws: unused) { try make("popalign", "js") }
        #expect(throws: AlignmentError.alphaUnused(divergence: nil)) { try make("sft", alpha: 0.5) }
        #expect(throws: AlignmentError.divergenceMissing(objective: "f-dpo")) { try make("f-dpo") }
    }

    @Test("Scales have to be positive and finite where the objective uses them")
    func scales() throws {
        for bad in [0, -1, .infinity] {
            #expect(throws: AlignmentError.notPositive(key: "beta", value: bad)) {
                try make("popalign", beta: bad)
            }
            #expect(throws: AlignmentError.notPositive(key: "kappa", value: bad)) {
                try make("f-dpo", "js", kappa: bad)
            }
        }
        #expect(throws: AlignmentError.self) { try make("diffusion-dpo", beta: .nan) }
        #expect(try make("sft", beta: 0).name == .sft)
    }
}
