import Foundation
import ModelStore
import NeuralLayers
import TensorCore

/// Where a pipeline's components lie, from a path to the pipeline or to one component.
struct ComponentFolders {
    static let unetWeights = "diffusion_pytorch_model.safetensors"
    static let textWeights = "model.safetensors"

    let path: String
    let unet: String?
    let textEncoder: String?

    /// - Throws: `ModelStoreError` when the folder holds no component that is known.
    init(_ path: String) throws {
        func exists(_ name: String) -> Bool {
            FileManager.default.fileExists(atPath: path + "/" + name)
        }
        self.path = path
        if exists("unet/config.json") || exists("text_encoder/config.json") {
            unet = exists("unet/config.json") ? path + "/unet" : nil
            textEncoder = exists("text_encoder/config.json") ? path + "/text_encoder" : nil
        } else if exists("config.json") {
            let isUNet = exists(Self.unetWeights)
            unet = isUNet ? path : nil
            textEncoder = isUNet ? nil : path
        } else {
            throw ModelStoreError(
                .unreadable, file: path, problem: "holds neither config.json nor unet/config.json",
                advice: "name a diffusers pipeline folder, or its unet or text_encoder folder")
        }
    }

    func require(_ folder: String?, _ name: String) throws -> String {
        guard let folder else {
            throw ModelStoreError(
                .unreadable, file: path, subject: name, problem: "is not in this folder",
                advice: "name a pipeline folder that has \(name)/config.json")
        }
        return folder
    }
}

extension TextEncoder {
    /// Reads the weights beside a `config.json`; transformers 5 writes names without `text_model.`,
    /// older versions with it, and both are understood.
    func readWeights(folder: String) throws -> FloatBlock {
        try ModelFiles.read(
            layout, from: folder + "/" + ComponentFolders.textWeights,
            aliases: { [String($0.dropFirst("text_model.".count))] },
            ignored: ["text_model.embeddings.position_ids", "embeddings.position_ids"])
    }
}
