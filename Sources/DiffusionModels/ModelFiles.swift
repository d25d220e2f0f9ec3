import ModelStore
import NeuralLayers
import TensorCore

/// Reads and writes a model's parameters as one safetensors file under their public names.
public enum ModelFiles {
    /// Reads every parameter of a layout.
    ///
    /// - Parameters:
    ///   - aliases: other names under which a parameter may be stored, tried in turn.
    ///   - ignored: tensors that may be present without being parameters.
    /// - Throws: `ModelStoreError` naming a tensor that is missing, of another shape, or unknown.
    public static func read(
        _ layout: ParameterLayout, from path: String,
        aliases: (String) -> [String] = { _ in [] }, ignored: Set<String> = []
    ) throws -> FloatBlock {
        let file = try SafetensorsFile(path)
        // Everything is checked before the block is made: a wrong configuration can ask for any size.
        let names = try layout.parameters.map { parameter in
            let name =
                ([parameter.name] + aliases(parameter.name)).first { file.contains($0) }
                ?? parameter.name
            try file.require(name, shape: parameter.shape)
            return name
        }
        let read = Set(names)
        if let unknown = file.names.first(where: { !read.contains($0) && !ignored.contains($0) }) {
            throw ModelStoreError(
                .unsupportedValue, file: path, subject: unknown,
                problem: "is no parameter of the model that config.json describes",
                advice: "check that config.json and the weights belong together")
        }
        let block = FloatBlock(count: layout.count)
        for (name, parameter) in zip(names, layout.parameters) {
            layout.setFileValues(try file.floats(name), of: parameter, in: block.pointer)
        }
        return block
    }

    /// Writes every parameter of a layout, replacing the file at once.
    public static func write(
        _ layout: ParameterLayout, _ block: FloatBlock, to path: String,
        as type: StoredType = .float32, metadata: [String: String] = ["format": "pt"]
    ) throws {
        var writer = SafetensorsWriter(metadata: metadata)
        for parameter in layout.parameters {
            writer.add(
                parameter.name, shape: parameter.shape,
                floats: layout.fileValues(of: parameter, in: block.pointer), as: type)
        }
        try writer.write(to: path)
    }
}

extension UNet {
    /// Opens the U-Net of a pipeline folder, or of its own folder.
    ///
    /// - Throws: `ModelStoreError`.
    public static func open(_ path: String) throws -> (UNet, FloatBlock) {
        let folder = try PipelineFolder.locate(.unet, in: path)
        let network = UNet(try UNet2DConditionConfiguration(contentsOf: folder.configuration))
        let weights = try ModelFiles.read(
            network.layout, from: folder.file(PipelineFolder.Component.unet.weightsFile!))
        return (network, weights)
    }
}

extension TextEncoder {
    /// Opens the text encoder of a pipeline folder, or of its own folder.
    ///
    /// transformers 5 writes names without `text_model.`, older versions with it: both are read.
    ///
    /// - Throws: `ModelStoreError`.
    public static func open(_ path: String) throws -> (TextEncoder, FloatBlock) {
        let folder = try PipelineFolder.locate(.textEncoder, in: path)
        let encoder = TextEncoder(try CLIPTextConfiguration(contentsOf: folder.configuration))
        let weights = try ModelFiles.read(
            encoder.layout, from: folder.file(PipelineFolder.Component.textEncoder.weightsFile!),
            aliases: { [String($0.dropFirst("text_model.".count))] },
            ignored: ["text_model.embeddings.position_ids", "embeddings.position_ids"])
        return (encoder, weights)
    }
}
