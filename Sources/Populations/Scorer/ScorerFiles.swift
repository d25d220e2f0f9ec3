import DiffusionModels
import Foundation
import ModelStore
import NeuralLayers
import TensorCore

extension TextImageScorer {
    private static let weightsFile = "model.safetensors"

    /// Opens a scorer's folder, or that of a pipeline which holds one in `scorer`.
    ///
    /// - Throws: `ModelStoreError` naming what is missing, damaged or unsupported.
    public convenience init(opening path: String) throws {
        let inner = path + "/scorer"
        let folder =
            FileManager.default.fileExists(atPath: inner + "/config.json") ? inner : path
        let file = folder + "/config.json"
        let configuration: TextImageScorerConfiguration
        do {
            configuration = try JSONDecoder().decode(
                TextImageScorerConfiguration.self,
                from: Data(JSONValue.read(file).compactText.utf8))
        } catch let error as ModelStoreError {
            throw error
        } catch {
            throw ModelStoreError(
                .malformed, file: file, problem: "is no scorer's configuration (\(error))",
                advice: "make one with popbench train-scorer")
        }
        try configuration.check(file: file)
        let network = ScorerNetwork(configuration)
        let weights = try ModelFiles.read(
            network.layout, from: folder + "/" + Self.weightsFile)
        self.init(network, weights: weights)
    }

    /// Writes the scorer's folder.
    ///
    /// - Throws: `ModelStoreError`.
    public func write(to path: String, as type: StoredType = .float32) throws {
        try PipelineFolder(path: path).create([])
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try AtomicFile.write(try encoder.encode(configuration), to: path + "/config.json")
        try ModelFiles.write(layout, weights, to: path + "/" + Self.weightsFile, as: type)
    }
}

extension TextImageScorerConfiguration {
    /// Refuses what cannot be built, before anything is allocated from it.
    func check(file: String) throws {
        func refuse(_ key: String, _ problem: String) -> ModelStoreError {
            ModelStoreError(
                .unsupportedValue, file: file, subject: key, problem: problem,
                advice: "correct the file, or make one with popbench train-scorer")
        }
        guard architecture == Self.architectureName else {
            throw refuse("_class_name", "is \(architecture), not \(Self.architectureName)")
        }
        if let fault = PictureNetworkShape.fault(
            imageSize: imageSize, widths: widths, groups: groups, blocks: blocks)
        {
            throw refuse(fault.key, fault.problem)
        }
        for (key, value, range) in [
            ("text_width", textWidth, 1...2048), ("embedding_size", embeddingSize, 2...2048),
            ("longest_caption", longestCaption, 1...256),
        ] where !range.contains(value) {
            throw refuse(key, "is \(value), not \(range.lowerBound) to \(range.upperBound)")
        }
        guard (1...100_000).contains(words.count), Set(words).count == words.count,
            words.allSatisfy({ !$0.isEmpty })
        else {
            throw refuse("words", "are not 1 to 100000 different words")
        }
    }
}
