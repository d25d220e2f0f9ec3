import NeuralLayers
import TensorCore

/// The attribute classifier's shape: a small convolutional network of one of two kinds.
///
/// The plain kind filters populations: each stage is two 3x3 convolutions, the second with stride 2.
/// The residual kind evaluates models. Both end in the mean over pixels and one linear head for all
/// attributes' classes together.
public struct AttributeNetworkConfiguration: Codable, Sendable, Equatable {
    /// The kinds of network, by their names in `config.json`.
    public enum Architecture: String, Codable, Sendable, CaseIterable {
        /// Stages without residual sums; the classifier that filters populations.
        case plain = "AttributeClassifier"
        /// Residual blocks behind a 4x4 stem; the evaluator.
        case residual = "ResidualAttributeClassifier"
    }

    /// Names the kind of network in `config.json`.
    public var architecture = Architecture.plain.rawValue
    /// Side of the square pictures in pixels; 8 to 512 where it is read from a file.
    public var imageSize: Int
    /// Channels of each stage.
    public var widths: [Int]
    /// Groups of every GroupNorm; they divide each stage's channels.
    public var groups: Int
    /// Residual blocks of each stage; nil in a plain network.
    public var blocks: Int?
    /// The attributes in order, with their classes.
    public var attributes: [Attribute]

    /// One attribute and its declared classes.
    public struct Attribute: Codable, Sendable, Equatable {
        /// The attribute's name, such as `gender`.
        public var name: String
        /// The names of its classes; a label is an index into them.
        public var classes: [String]

        /// An attribute with its classes in the order of their labels.
        public init(name: String, classes: [String]) {
            self.name = name
            self.classes = classes
        }
    }

    enum CodingKeys: String, CodingKey {
        case architecture = "_class_name"
        case imageSize = "image_size"
        case widths, groups, blocks, attributes
    }

    /// A shape with one stage a width; it is checked when it is read from a file, not here.
    ///
    /// - Parameter blocks: residual blocks of each stage; nil for a plain network.
    public init(
        imageSize: Int = 32, widths: [Int], groups: Int, blocks: Int? = nil, attributes: [Attribute]
    ) {
        self.imageSize = imageSize
        self.widths = widths
        self.groups = groups
        self.blocks = blocks
        self.attributes = attributes
        architecture = (blocks == nil ? Architecture.plain : .residual).rawValue
    }

    /// Classes of all attributes together: the width of the head.
    public var classCount: Int { attributes.reduce(0) { $0 + $1.classes.count } }
}

/// The layers of an attribute classifier.
struct AttributeNetwork: Sendable {
    let configuration: AttributeNetworkConfiguration
    let layout: ParameterLayout
    private let body: Body
    private let head: Linear

    private enum Body: Sendable {
        case plain([Stage])
        case residual(ResidualPictureEncoder)
    }

    private struct Stage: Sendable {
        let conv1: Convolution
        let norm1: Normalisation
        let conv2: Convolution
        let norm2: Normalisation
    }

    init(_ configuration: AttributeNetworkConfiguration) {
        self.configuration = configuration
        var layout = ParameterLayout()
        if let blocks = configuration.blocks {
            let encoder = ResidualPictureEncoder(
                "", widths: configuration.widths, blocks: blocks, groups: configuration.groups,
                in: &layout)
            body = .residual(encoder)
            head = Linear(
                "head", inputs: encoder.width, outputs: configuration.classCount, in: &layout)
            self.layout = layout
            return
        }
        var inputs = 3
        var stages: [Stage] = []
        for (index, width) in configuration.widths.enumerated() {
            let name = "stages.\(index)"
            stages.append(
                Stage(
                    conv1: Convolution(
                        "\(name).conv1", inputs: inputs, outputs: width, in: &layout),
                    norm1: Normalisation(
                        "\(name).norm1", channels: width, groups: configuration.groups, eps: 1e-5,
                        in: &layout),
                    conv2: Convolution(
                        "\(name).conv2", inputs: width, outputs: width, stride: 2, in: &layout),
                    norm2: Normalisation(
                        "\(name).norm2", channels: width, groups: configuration.groups, eps: 1e-5,
                        in: &layout)))
            inputs = width
        }
        body = .plain(stages)
        head = Linear("head", inputs: inputs, outputs: configuration.classCount, in: &layout)
        self.layout = layout
    }

    /// x [B, side, side, 3] in [-1, 1] to pooled features [B, 1, 1, last width] and logits [B, 1, 1, classes].
    func forward(_ x: Activation, on tape: Tape) -> (features: Activation, logits: Activation) {
        let features: Activation
        switch body {
        case .plain(let stages):
            var h = x
            for stage in stages {
                h = tape.groupNorm(stage.norm1, tape.convolution(stage.conv1, h), silu: true)
                h = tape.groupNorm(stage.norm2, tape.convolution(stage.conv2, h), silu: true)
            }
            features = tape.meanOverPixels(h)
        case .residual(let encoder):
            features = encoder.forward(x, on: tape)
        }
        return (features, tape.linear(head, features))
    }
}
