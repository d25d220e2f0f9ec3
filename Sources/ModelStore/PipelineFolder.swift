import Foundation

/// The layout of a pipeline's folder, as diffusers has it.
///
///     model_index.json
///     scheduler/scheduler_config.json
///     unet/config.json           unet/diffusion_pytorch_model.safetensors
///     text_encoder/config.json   text_encoder/model.safetensors
///     tokenizer/vocab.json       tokenizer/merges.txt
///     classifier/config.json     classifier/model.safetensors
public struct PipelineFolder: Sendable, Equatable {
    /// A part of a pipeline; the raw value is its folder.
    public enum Component: String, Sendable, CaseIterable {
        /// The noise schedule.
        case scheduler
        /// The denoising network.
        case unet
        /// The text encoder.
        case textEncoder = "text_encoder"
        /// The vocabulary.
        case tokenizer
        /// The attribute classifier, which diffusers does not know.
        case classifier

        /// The file that describes the part.
        public var configurationFile: String {
            switch self {
            case .scheduler: "scheduler_config.json"
            case .tokenizer: "tokenizer_config.json"
            case .unet, .textEncoder, .classifier: "config.json"
            }
        }

        /// The file that holds its weights, where it has any.
        public var weightsFile: String? {
            switch self {
            case .unet: "diffusion_pytorch_model.safetensors"
            case .textEncoder, .classifier: "model.safetensors"
            case .scheduler, .tokenizer: nil
            }
        }

        /// Files of which a folder must have one to be this part's.
        fileprivate var marks: [String] {
            self == .tokenizer ? ["vocab.json", "tokenizer.json"] : [configurationFile]
        }

        /// The class or type by which the configuration file names the part.
        fileprivate var typeName: String? {
            switch self {
            case .unet: "UNet2DConditionModel"
            case .textEncoder: "clip_text_model"
            case .scheduler, .tokenizer, .classifier: nil
            }
        }
    }

    /// The folder of one part, wherever it lies.
    public struct ComponentFolder: Sendable, Equatable {
        /// Which part it is.
        public let component: Component
        /// The folder.
        public let path: String

        /// The path of the file that describes the part.
        public var configuration: String { file(component.configurationFile) }

        /// The path of a file in the folder.
        public func file(_ name: String) -> String { "\(path)/\(name)" }

        /// Opens the file of weights: the full one, or where that is missing the half-precision one.
        ///
        /// - Throws: `ModelStoreError`, also for weights in several files or in Python's own format.
        /// - Precondition: the part has weights.
        public func weights() throws -> SafetensorsFile {
            guard let name = component.weightsFile else {
                preconditionFailure("a \(component.rawValue) has no weights")
            }
            let half = file(
                name.replacingOccurrences(of: ".safetensors", with: ".fp16.safetensors"))
            let full = file(name)
            guard !exists(full) else { return try SafetensorsFile(full) }
            guard !exists(half) else { return try SafetensorsFile(half) }
            throw ModelStoreError(
                .unreadable, file: full, problem: "there is no such file",
                advice: "store the weights as one safetensors file of that name")
        }
    }

    /// The folder.
    public let path: String

    /// Names a folder that is a pipeline's, or is to become one.
    public init(path: String) {
        self.path = path
    }

    /// Opens a folder that must have an index.
    ///
    /// - Throws: `ModelStoreError` when the folder has no `model_index.json`.
    public init(opening path: String) throws {
        self.path = path
        guard Self.exists(indexPath) else {
            throw ModelStoreError(
                .unreadable, file: path, problem: "has no model_index.json",
                advice: "name the folder of a whole pipeline")
        }
    }

    /// The path of `model_index.json`.
    public var indexPath: String { "\(path)/model_index.json" }

    /// Reads the index.
    ///
    /// - Throws: `ModelStoreError`.
    public func index() throws -> ModelIndex { try ModelIndex(contentsOf: indexPath) }

    /// The folder of a part within the pipeline, whether it exists or not.
    public func folder(_ component: Component) -> ComponentFolder {
        ComponentFolder(component: component, path: "\(path)/\(component.rawValue)")
    }

    /// Whether the pipeline has a part.
    public func has(_ component: Component) -> Bool {
        let folder = folder(component)
        return component.marks.contains { Self.exists(folder.file($0)) }
    }

    /// Makes the folder and those of the given parts, where they do not exist.
    ///
    /// - Throws: `ModelStoreError` of kind `unwritable`.
    public func create(_ components: [Component] = Component.allCases) throws {
        for place in [path] + components.map({ folder($0).path }) {
            do {
                try FileManager.default.createDirectory(
                    atPath: place, withIntermediateDirectories: true)
            } catch {
                throw ModelStoreError(
                    .unwritable, file: place,
                    problem: "cannot be made (\(error.localizedDescription))",
                    advice: "choose a folder that you may write to")
            }
        }
    }

    /// Finds a part in a folder that is either a whole pipeline's or the part's own.
    ///
    /// - Throws: `ModelStoreError` saying what was looked for.
    public static func locate(_ component: Component, in path: String) throws -> ComponentFolder {
        let pipeline = PipelineFolder(path: path)
        if pipeline.has(component) { return pipeline.folder(component) }
        let own = ComponentFolder(component: component, path: path)
        if component.marks.contains(where: { exists(own.file($0)) }),
            try component.typeName == nil || describes(component, own)
        {
            return own
        }
        let marks = component.marks.joined(separator: " or ")
        throw ModelStoreError(
            .unreadable, file: path, problem: "holds no \(component.rawValue)",
            advice: "name a folder with \(component.rawValue)/\(marks), or one with its \(marks)")
    }

    /// Whether a folder's configuration is the part's and not another's of the same file name.
    private static func describes(_ component: Component, _ folder: ComponentFolder) throws -> Bool
    {
        guard let members = try JSONValue.read(folder.configuration).members else { return false }
        let name = members["_class_name"]?.text ?? members["model_type"]?.text
        return name == nil || name == component.typeName
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: path)
    }
}
