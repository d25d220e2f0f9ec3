import Foundation
import ModelStore
import NeuralLayers
import Populations
import TensorCore
import Testing

private let hues = ["red", "green", "blue"]
private let lights = ["dark", "bright"]

private func smallScorer(seed: UInt64) -> TextImageScorer {
    TextImageScorer(
        TextImageScorerConfiguration(
            imageSize: 8, widths: [6, 8], groups: 2, blocks: 1, textWidth: 8, embeddingSize: 6,
            longestCaption: 3, words: hues + lights), seed: seed)
}

/// Noisy pictures of every hue, dark and bright, with their captions.
private func drawnPairs(step: Int) -> (pictures: [Float], captions: [String]) {
    var random = Philox(seed: 32, purpose: .evaluation, step: step)
    var pictures: [Float] = []
    var captions: [String] = []
    for index in 0..<12 {
        let (hue, light) = (index % 3, index / 3 % 2)
        for _ in 0..<64 {
            for channel in 0..<3 {
                let base: Float = light == 0 ? -0.6 : 0.2
                pictures.append(base + (channel == hue ? 0.5 : 0) + random.uniform(-0.2, 0.2))
            }
        }
        captions.append("a \(lights[light]) \(hues[hue])")
    }
    return (pictures, captions)
}

@Suite("Text-image scorer")
struct ScorerTests {
    @Test("the loss of embeddings that say nothing is that of guessing")
    func guessing() {
        let row: [Float] = [0.3, -1, 2]
        let joined = (0..<10).flatMap { _ in row }
        let all = ContrastiveTraining.loss(joined, width: 3, temperature: 0.1) { _, _ in false }
        #expect(abs(all.loss - log(5)) < 1e-9)
        // A caption that describes every picture leaves nothing to confuse it with.
        let none = ContrastiveTraining.loss(joined, width: 3, temperature: 0.1) { _, _ in true }
        #expect(abs(none.loss) < 1e-9)
        #expect(none.gradient.allSatisfy { $0 == 0 })
    }

    @Test("perfect embeddings at a low temperature cost nothing")
    func perfect() {
        let joined: [Float] = [1, 0, 2, 0, 0, 1, 0, 3]
        let loss = ContrastiveTraining.loss(joined, width: 2, temperature: 0.02) { _, _ in false }
        #expect(loss.loss < 1e-9)
    }

    @Test("the gradient is that of finite differences, captions of others left out included")
    func gradient() {
        var random = Philox(seed: 5, purpose: .evaluation)
        var joined = (0..<(2 * 4 * 3)).map { _ in random.uniform(-1, 1) }
        func describes(_ caption: Int, _ picture: Int) -> Bool { caption == 1 && picture == 3 }
        let gradient = ContrastiveTraining.loss(
            joined, width: 3, temperature: 0.5, describes: describes
        ).gradient
        for index in joined.indices {
            let kept = joined[index]
            func loss(_ offset: Float) -> Double {
                joined[index] = kept + offset
                defer { joined[index] = kept }
                return ContrastiveTraining.loss(
                    joined, width: 3, temperature: 0.5, describes: describes
                ).loss
            }
            let numeric = (loss(1e-3) - loss(-1e-3)) / 2e-3
            #expect(abs(numeric - Double(gradient[index])) < 2e-4)
        }
    }

    @Test("training brings pictures to their captions")
    func training() throws {
        MatrixKernel.open()
        let scorer = smallScorer(seed: 1)
        let training = ContrastiveTraining(
            scorer, configuration: AdamWConfiguration(), temperature: 0.1)
        var losses: [Double] = []
        for step in 0..<80 {
            let (pictures, captions) = drawnPairs(step: step)
            losses.append(
                training.step(
                    pictures, ids: try captions.map { try scorer.configuration.ids(of: $0) },
                    learningRate: 1e-2
                ) { captions[$0] == captions[$1] })
        }
        let (first, last): (Double, Double) = (
            losses.prefix(5).reduce(0, +), losses.suffix(5).reduce(0, +)
        )
        #expect(last < 0.4 * first)
        let (pictures, captions) = drawnPairs(step: 1_000)
        let own = try scorer.scores(pictures, captions: captions)
        let shifted = try scorer.scores(
            pictures, captions: captions.indices.map { captions[($0 + 1) % captions.count] })
        #expect(zip(own, shifted).count { $0 > $1 } >= 11)
        #expect(own.allSatisfy { (-1.0001...1.0001).contains($0) })
    }

    @Test("captions are read whatever their case and article, and unknown words are named")
    func captions() throws {
        let scorer = smallScorer(seed: 2)
        #expect(try scorer.configuration.ids(of: "A Bright blue") == [5, 3, 0])
        #expect(try scorer.configuration.ids(of: "an  bright\tblue") == [5, 3, 0])
        #expect(try scorer.configuration.ids(of: "") == [0, 0, 0])
        #expect(throws: ScorerError.unknownWord("mauve", caption: "a mauve", words: hues + lights))
        {
            try scorer.embed(captions: ["a red", "a mauve"])
        }
        #expect(throws: ScorerError.self) { try scorer.configuration.ids(of: "red red red red") }
    }

    @Test("a scorer that is written and opened again is the same to the bit")
    func files() throws {
        MatrixKernel.open()
        let scorer = smallScorer(seed: 3)
        let (pictures, captions) = drawnPairs(step: 0)
        try withFolder { folder in
            try scorer.write(to: "\(folder)/scorer")
            for path in ["\(folder)/scorer", folder] {
                let opened = try TextImageScorer(opening: path)
                #expect(opened.configuration == scorer.configuration)
                #expect(
                    try opened.scores(pictures, captions: captions)
                        == scorer.scores(pictures, captions: captions))
            }
        }
    }

    @Test("configurations that no scorer can be built from are refused by the key at fault")
    func hostile() throws {
        let changes: [(key: String, value: String)] = [
            ("_class_name", "\"AttributeClassifier\""), ("image_size", "0"),
            ("image_size", "9223372036854775807"), ("widths", "[]"), ("widths", "[5]"),
            ("widths", "[4,4,4,4,4]"), ("blocks", "0"), ("blocks", "99"), ("text_width", "-1"),
            ("embedding_size", "1"), ("longest_caption", "0"), ("words", "[]"),
            ("words", "[\"red\",\"red\"]"),
        ]
        for (key, value) in changes {
            try withFolder { folder in
                try smallScorer(seed: 4).write(to: folder)
                let file = URL(filePath: "\(folder)/config.json")
                var members = try #require(
                    try JSONSerialization.jsonObject(with: Data(contentsOf: file))
                        as? [String: Any])
                members[key] = try JSONSerialization.jsonObject(
                    with: Data(value.utf8), options: .fragmentsAllowed)
                try JSONSerialization.data(withJSONObject: members).write(to: file)
                let error = #expect(throws: ModelStoreError.self) {
                    try TextImageScorer(opening: folder)
                }
                #expect(error?.subject == key, "\(key) \(value)")
            }
        }
        try withFolder { folder in
            _ = #expect(throws: ModelStoreError.self) { try TextImageScorer(opening: folder) }
        }
    }
}
