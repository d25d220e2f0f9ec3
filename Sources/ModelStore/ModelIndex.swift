/// The file at the root of a pipeline's folder: which class opens which part of it.
public struct ModelIndex: ComponentConfiguration {
    /// A part of the pipeline and the Python class that opens its folder.
    public struct Component: Sendable, Equatable {
        /// The folder.
        public let name: String
        /// The Python package; nil for a part that the pipeline does without.
        public let library: String?
        /// The class in the package; nil for a part that the pipeline does without.
        public let className: String?

        /// Describes a part.
        public init(_ name: String, library: String?, className: String?) {
            self.name = name
            self.library = library
            self.className = className
        }
    }

    /// The Python class of the whole pipeline.
    public var pipelineClass: String
    /// The Python file in the folder that defines the class, without `.py`; nil for diffusers' own.
    public var pipelineModule: String?
    /// The parts, by name.
    public var components: [Component]
    /// Arguments of the pipeline's constructor that are no parts, such as numbers.
    public var settings: JSONObject

    /// A pipeline of U-Net, text encoder, tokenizer and DDIM scheduler.
    ///
    /// - Parameters:
    ///   - pipelineClass: the Python class of the whole.
    ///   - pipelineModule: the Python file in the folder that defines it.
    ///   - settings: further arguments of its constructor.
    public init(
        pipelineClass: String, pipelineModule: String? = nil, settings: JSONObject = [:]
    ) {
        self.pipelineClass = pipelineClass
        self.pipelineModule = pipelineModule
        self.settings = settings
        components = [
            Component("scheduler", library: "diffusers", className: "DDIMScheduler"),
            Component("text_encoder", library: "transformers", className: "CLIPTextModel"),
            Component("tokenizer", library: "transformers", className: "CLIPTokenizer"),
            Component("unet", library: "diffusers", className: "UNet2DConditionModel"),
        ]
    }

    /// Reads an index; parts of any kind are listed, supported or not.
    ///
    /// - Throws: `ModelStoreError` of kind `malformed` or `unsupportedValue`.
    public init(json: JSONValue, file: String) throws {
        let reader = try ConfigurationReader(json, file: file)
        switch reader.members["_class_name"] {
        case .string(let name)?: (pipelineClass, pipelineModule) = (name, nil)
        case .array(let words)? where words.count == 2 && words.allSatisfy({ $0.text != nil }):
            (pipelineClass, pipelineModule) = (words[1].text!, words[0].text!)
        default: throw reader.unsupported("_class_name", "a class, or a list of file and class")
        }
        components = []
        settings = [:]
        for key in reader.members.sorted.keys where !key.hasPrefix("_") {
            if case .array(let pair)? = reader.members[key], pair.count == 2,
                pair.allSatisfy({ $0.text != nil || $0 == .null })
            {
                components.append(Component(key, library: pair[0].text, className: pair[1].text))
            } else {
                settings[key] = reader.members[key]
            }
        }
    }

    /// The keys and values that diffusers' `DiffusionPipeline` loads.
    public var json: JSONValue {
        var members = settings
        members["_class_name"] =
            pipelineModule.map { .array([.string($0), .string(pipelineClass)]) }
            ?? .string(pipelineClass)
        members["_diffusers_version"] = .string(writtenDiffusersVersion)
        for part in components {
            members[part.name] = .array(
                [part.library, part.className].map { $0.map { .string($0) } ?? .null })
        }
        return .object(members.sorted)
    }

    /// The names of parts that are present and that this project does not know how to run.
    public var unsupportedComponents: [String] {
        let known: [String: Set<String>] = [
            "scheduler": ["DDIMScheduler"], "unet": ["UNet2DConditionModel"],
            "text_encoder": ["CLIPTextModel"],
            "tokenizer": ["CLIPTokenizer", "CLIPTokenizerFast"],
        ]
        return components.filter { part in
            guard let className = part.className else { return false }
            return known[part.name]?.contains(className) != true
        }.map(\.name)
    }
}
