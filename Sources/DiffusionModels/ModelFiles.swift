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
        let block = FloatBlock(count: layout.count)
        var read: Set<String> = []
        for parameter in layout.parameters {
            let name =
                ([parameter.name] + aliases(parameter.name)).first { file.contains($0) }
                ?? parameter.name
            try file.require(name, shape: parameter.shape)
            layout.setFileValues(try file.floats(name), of: parameter, in: block.pointer)
            read.insert(name)
        }
        if let unknown = file.names.first(where: { !read.contains($0) && !ignored.contains($0) }) {
            throw ModelStoreError(
                .unsupportedValue, file: path, subject: unknown,
                problem: "is no parameter of the model that config.json describes",
                advice: "check that config.json and the weights belong together")
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
