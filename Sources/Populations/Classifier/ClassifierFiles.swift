import DiffusionModels
import Foundation
import ModelStore
import NeuralLayers
import TensorCore

extension AttributeClassifier {
    /// Opens a classifier's folder: `config.json` and `model.safetensors`.
    ///
    /// - Throws: `ModelStoreError` naming what is missing, damaged or unsupported.
    public convenience init(opening path: String) throws {
        let folder = try PipelineFolder.locate(.classifier, in: path)
        let file = folder.configuration
        let configuration: AttributeNetworkConfiguration
        do {
            configuration = try JSONDecoder().decode(
                AttributeNetworkConfiguration.self,
                from: Data(JSONValue.read(file).compactText.utf8))
        } catch let error as ModelStoreError {
            throw error
        } catch {
            throw ModelStoreError(
                .malformed, file: file, problem: "is no classifier's configuration (\(error))",
                advice: "make one with popbench train-classifier")
        }
        try configuration.check(file: file)
        let network = AttributeNetwork(configuration)
        let weights = try ModelFiles.read(
            network.layout, from: folder.file(PipelineFolder.Component.classifier.weightsFile!))
        self.init(network, weights: weights)
    }

    /// Writes the classifier's folder.
    ///
    /// - Throws: `ModelStoreError`.
    public func write(to path: String, as type: StoredType = .float32) throws {
        try PipelineFolder(path: path).create([])
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try AtomicFile.write(try encoder.encode(configuration), to: path + "/config.json")
        try ModelFiles.write(
            layout, weights,
            to: path + "/" + PipelineFolder.Component.classifier.weightsFile!, as: type)
    }
}

extension AttributeNetworkConfiguration {
    /// Refuses what cannot be built, before anything is allocated from it.
    func check(file: String) throws {
        func refuse(_ key: String, _ problem: String) -> ModelStoreError {
            ModelStoreError(
                .unsupportedValue, file: file, subject: key, problem: problem,
                advice: "correct the file, or make one with popbench train-classifier")
        }
        guard let known = Architecture(rawValue: architecture) else {
            let names = Architecture.allCases.map(\.rawValue).joined(separator: " or ")
            throw refuse("_class_name", "is \(architecture), not \(names)")
        }
        guard (known == .residual) == (blocks != nil) else {
            throw refuse(
                "blocks", blocks == nil ? "is missing" : "is for \(Architecture.residual.rawValue)")
        }
        if let fault = PictureNetworkShape.fault(
            imageSize: imageSize, widths: widths, groups: groups, blocks: blocks)
        {
            throw refuse(fault.key, fault.problem)
        }
        guard (1...32).contains(attributes.count),
            attributes.allSatisfy({ (2...4096).contains($0.classes.count) })
        else {
            throw refuse("attributes", "are not 1 to 32 with 2 to 4096 classes each")
        }
    }
}
