import Alignment
import Foundation
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
            let takesOne = try name.kind().divergenceRule == .required
            let made = try make(name.rawValue, takesOne ? "js" : nil)
            #expect(made.name == name)
        }
        #expect(
            ObjectiveName.allCases.map(\.rawValue) == [
                "sft", "diffusion-dpo", "popalign", "f-dpo", "diffusion-kto",
            ])
        let alpha = try #require(try make("f-dpo", "alpha", alpha: 0.25) as? FDPO)
        #expect(alpha.divergence == .alpha(0.25))
    }

    @Test("Every objective has a file of its own, cites its paper, and is listed")
    func files() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Sources/Alignment").standardizedFileURL
        var types: Set<String> = []
        for file in try FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: nil) where file.pathExtension == "swift"
        {
            let text = try String(contentsOf: file, encoding: .utf8)
            let found = text.matches(of: /struct (\w+): Objective\b/).map { String($0.output.1) }
            #expect(found.count <= 1, "\(file.lastPathComponent) has \(found)")
            guard let type = found.first else { continue }
            #expect(file.lastPathComponent == type + ".swift")
            // Fine-tuning is older than any paper of it.
            #expect(text.contains("arXiv") || type == "SupervisedFineTuning")
            types.insert(type)
        }
        #expect(types == Set(ObjectiveName.kinds.map { "\($0)" }))
    }

    @Test("PopAlign takes a divergence and goes without")
    func optionalDivergence() throws {
        let plain = try #require(try make("popalign", beta: 2_000) as? PopAlign)
        #expect(plain.divergence == nil && plain.initialSlope == 1_000)
        let alpha = try #require(try make("popalign", "alpha", alpha: 0.25) as? PopAlign)
        #expect(alpha.divergence == .alpha(0.25) && alpha.kappa == 1_000)
        #expect(throws: AlignmentError.alphaMissing) { try make("popalign", "alpha") }
        #expect(throws: AlignmentError.outsideTheory(divergence: "tv")) {
            try make("popalign", "tv")
        }
    }

    @Test("Presets of one objective start at one slope, whatever the divergence")
    func presets() throws {
        for name in ObjectiveName.allCases {
            let kind = try name.kind()
            let divergences: [Divergence?] =
                switch kind.divergenceRule {
                case .none: [nil]
                case .optional: [nil] + everyDivergence
                case .required: everyDivergence
                }
            let slopes = try divergences.map { divergence -> Double? in
                let preset = kind.preset(divergence)
                return try kind.init(
                    divergence: divergence, beta: preset.beta, kappa: preset.kappa
                ).initialSlope
            }
            #expect(Set(slopes).count == 1, "\(name.rawValue): \(slopes)")
            #expect((slopes[0] == nil) == (name == .sft))
        }
    }

    @Test("The matching beta gives every objective the same slope, and the same first gradient")
    func matching() throws {
        let still = PairedErrors(winners: [0, 0, 0], losers: [0, 0, 0])
        for name in ObjectiveName.allCases {
            let rule = try name.kind().divergenceRule
            for divergence in rule == .none ? [nil] : everyDivergence as [Divergence?] {
                let beta = try name.betaMatching(slope: 500, divergence: divergence, kappa: 800)
                guard let beta else {
                    #expect(name == .sft)
                    continue
                }
                let made = try name.kind().init(divergence: divergence, beta: beta, kappa: 800)
                #expect(try agree(#require(made.initialSlope), 500))
                let outcome = made.evaluate(still)
                let gradients = outcome.winnerGradients.map { -$0 } + outcome.loserGradients
                #expect(gradients.allSatisfy { agree($0, 250.0 / 3) })
            }
        }
        let beta = { try ObjectiveName.fDPO.betaMatching(slope: 500, divergence: $0, kappa: 1_000) }
        #expect(try beta(.jensenShannon) == 1)
        #expect(try beta(.forwardKL) == 0.5)
        #expect(try beta(.jeffreys) == 0.25)
    }

    @Test("A slope that cannot be matched is refused")
    func unmatched() {
        for bad in [0, -1, .infinity] {
            #expect(throws: AlignmentError.notPositive(key: "slope", value: bad)) {
                try ObjectiveName.popAlign.betaMatching(slope: bad, kappa: 1)
            }
        }
        #expect(throws: AlignmentError.divergenceMissing(objective: "f-dpo")) {
            try ObjectiveName.fDPO.betaMatching(slope: 1, kappa: 1)
        }
        #expect(throws: AlignmentError.unknownObjective("dpo")) {
            try ObjectiveName(rawValue: "dpo").betaMatching(slope: 1, kappa: 1)
        }
    }

    @Test("A name that does not exist is named with those that do")
    func unknown() {
        #expect(throws: AlignmentError.unknownObjective("dpo")) { try make("dpo") }
        let text = AlignmentError.unknownObjective("dpo").description
        #expect(text.contains("\"dpo\"") && text.contains("diffusion-dpo"))
    }

    @Test("A divergence or an order that would be ignored is refused")
    func unused() {
        for name in ["sft", "diffusion-dpo", "diffusion-kto"] {
            let unused = AlignmentError.divergenceUnused(objective: name, divergence: "js")
            #expect(throws: unused) { try make(name, "js") }
            #expect(unused.description.contains("popalign, f-dpo"))
        }
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
