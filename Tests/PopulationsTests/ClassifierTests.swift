import Foundation
import ModelStore
import NeuralLayers
import Populations
import TensorCore
import Testing

/// A classifier of 8x8 pictures small enough to train in a test.
private func smallConfiguration(blocks: Int? = nil) -> AttributeNetworkConfiguration {
    AttributeNetworkConfiguration(
        imageSize: 8, widths: [6, 8], groups: 2, blocks: blocks,
        attributes: [
            .init(name: "hue", classes: ["red", "green", "blue"]),
            .init(name: "light", classes: ["dark", "bright"]),
        ])
}

/// Noisy pictures of one of three hues, dark or bright, with their labels.
private func drawnPictures(_ count: Int, step: Int) -> (pictures: [Float], labels: [[Int]]) {
    var random = Philox(seed: 31, purpose: .evaluation, step: step)
    var pictures: [Float] = []
    var labels: [[Int]] = []
    for _ in 0..<count {
        let (hue, light) = (random.index(below: 3), random.index(below: 2))
        for _ in 0..<64 {
            for channel in 0..<3 {
                let base: Float = light == 0 ? -0.6 : 0.2
                pictures.append(base + (channel == hue ? 0.5 : 0) + random.uniform(-0.2, 0.2))
            }
        }
        labels.append([hue, light])
    }
    return (pictures, labels)
}

@Suite("Attribute classifier")
struct ClassifierTests {
    @Test(
        "training lowers the loss until unseen pictures are told apart, by either kind of network",
        arguments: [nil, 1] as [Int?])
    func training(blocks: Int?) {
        MatrixKernel.open()
        let classifier = AttributeClassifier(smallConfiguration(blocks: blocks), seed: 1)
        let training = ClassifierTraining(classifier, configuration: AdamWConfiguration())
        let losses = (0..<60).map { step in
            let (pictures, labels) = drawnPictures(16, step: step)
            return training.step(pictures, labels: labels, learningRate: 1e-2)
        }
        // Guessing among three and two classes costs ln 3 + ln 2.
        #expect(abs(losses[0] - log(6.0)) < 0.6)
        #expect(losses.suffix(5).reduce(0, +) / 5 < 0.3)
        let (pictures, labels) = drawnPictures(50, step: 1000)
        let seen = classifier.classify(pictures)
        #expect(zip(seen, labels).count { $0.classes == $1 } >= 47)
        #expect(seen.allSatisfy { $0.confidences.allSatisfy { (0...1).contains($0) } })
    }

    @Test("a small step against the gradient lowers the loss on the same pictures")
    func descent() {
        MatrixKernel.open()
        let (pictures, labels) = drawnPictures(13, step: 0)
        let classifier = AttributeClassifier(smallConfiguration(), seed: 2)
        let training = ClassifierTraining(
            classifier, configuration: AdamWConfiguration(weightDecay: 0))
        var last = Double.infinity
        for _ in 0..<8 {
            let loss = training.step(pictures, labels: labels, learningRate: 1e-3)
            #expect(loss < last)
            last = loss
        }
    }

    @Test("the loss is the cross-entropy of the logits, summed over the attributes")
    func loss() {
        MatrixKernel.open()
        let (pictures, labels) = drawnPictures(9, step: 0)
        let classifier = AttributeClassifier(smallConfiguration(), seed: 3)
        let expected =
            zip(classifier.logits(pictures), labels).reduce(0.0) { sum, row in
                let (logits, labels) = row
                #expect(logits.count == 5)
                let parts = [Array(logits[0..<3]), Array(logits[3..<5])]
                return sum
                    + zip(parts, labels).reduce(0.0) { inner, part in
                        let normaliser = log(part.0.reduce(0.0) { $0 + exp(Double($1)) })
                        return inner + normaliser - Double(part.0[part.1])
                    }
            } / 9
        let training = ClassifierTraining(classifier, configuration: AdamWConfiguration())
        let loss = training.step(pictures, labels: labels, learningRate: 0)
        #expect(abs(loss - expected) < 1e-5)
    }

    @Test("classes are the largest logits and confidences their probabilities, in any batch")
    func classification() {
        MatrixKernel.open()
        let classifier = AttributeClassifier(smallConfiguration(), seed: 4)
        // More than one chunk of pictures.
        let (pictures, _) = drawnPictures(77, step: 5)
        let logits = classifier.logits(pictures)
        for (row, seen) in zip(logits, classifier.classify(pictures)) {
            for (index, part) in [row[0..<3], row[3..<5]].enumerated() {
                let values = Array(part)
                let best = values.indices.max { values[$0] < values[$1] }
                #expect(seen.classes[index] == best)
                let sum = values.reduce(0.0) { $0 + exp(Double($1)) }
                #expect(
                    abs(seen.confidences[index] - exp(Double(values[best!])) / sum) < 1e-6)
            }
        }
        #expect(classifier.features(pictures).allSatisfy { $0.count == 8 })
        #expect(classifier.classify([]).isEmpty)
        let alone = classifier.logits(Array(pictures[(70 * 192)..<(71 * 192)]))[0]
        #expect(zip(alone, logits[70]).allSatisfy { abs($0 - $1) < 1e-4 })
        #expect(classifier.attribute("light") == 1 && classifier.attribute("age") == nil)
    }

    @Test("the kinds of network are told apart by name and by parameters")
    func kinds() {
        let plain = AttributeClassifier(smallConfiguration(), seed: 1)
        let residual = AttributeClassifier(smallConfiguration(blocks: 2), seed: 1)
        #expect(plain.configuration.architecture == "AttributeClassifier")
        #expect(residual.configuration.architecture == "ResidualAttributeClassifier")
        let names = Set(residual.layout.parameters.map(\.name))
        #expect(names.contains("stages.1.blocks.1.conv2.weight") && names.contains("stem.weight"))
        #expect(!plain.layout.parameters.contains { $0.name == "stem.weight" })
    }

    @Test(
        "a classifier that is written and opened again is the same to the bit",
        arguments: [nil, 2] as [Int?])
    func files(blocks: Int?) throws {
        MatrixKernel.open()
        let classifier = AttributeClassifier(smallConfiguration(blocks: blocks), seed: 5)
        let (pictures, _) = drawnPictures(10, step: 0)
        try withFolder { folder in
            try classifier.write(to: "\(folder)/classifier")
            // Both the folder itself and the pipeline that it is a part of.
            for path in ["\(folder)/classifier", folder] {
                let opened = try AttributeClassifier(opening: path)
                #expect(opened.configuration == classifier.configuration)
                #expect(opened.logits(pictures) == classifier.logits(pictures))
            }
            try classifier.write(to: "\(folder)/classifier", as: .float16)
            let half = try AttributeClassifier(opening: folder)
            let pairs = zip(half.logits(pictures).joined(), classifier.logits(pictures).joined())
            #expect(pairs.allSatisfy { abs($0 - $1) < 0.02 })
        }
    }
}
