import NeuralLayers
import TensorCore

/// The text-image scorer's shape: a picture encoder and a caption encoder into one space.
public struct TextImageScorerConfiguration: Codable, Sendable, Equatable {
    /// Names this kind of network in `config.json`.
    static let architectureName = "TextImageScorer"

    /// Names the kind of network in `config.json`.
    public var architecture = TextImageScorerConfiguration.architectureName
    /// Side of the square pictures in pixels.
    public var imageSize: Int
    /// Channels of each stage of the picture encoder.
    public var widths: [Int]
    /// Groups of every GroupNorm; they divide each stage's channels.
    public var groups: Int
    /// Residual blocks of each stage.
    public var blocks: Int
    /// Width of a word's embedding.
    public var textWidth: Int
    /// Dimensions of the space that pictures and captions share.
    public var embeddingSize: Int
    /// Most words of a caption.
    public var longestCaption: Int
    /// The words that captions are made of, articles left out; a word's number is its place plus 1.
    public var words: [String]

    enum CodingKeys: String, CodingKey {
        case architecture = "_class_name"
        case imageSize = "image_size"
        case widths, groups, blocks
        case textWidth = "text_width"
        case embeddingSize = "embedding_size"
        case longestCaption = "longest_caption"
        case words
    }

    /// A shape with every field given; it is checked when it is read from a file, not here.
    public init(
        imageSize: Int = 32, widths: [Int], groups: Int, blocks: Int, textWidth: Int,
        embeddingSize: Int, longestCaption: Int, words: [String]
    ) {
        self.imageSize = imageSize
        self.widths = widths
        self.groups = groups
        self.blocks = blocks
        self.textWidth = textWidth
        self.embeddingSize = embeddingSize
        self.longestCaption = longestCaption
        self.words = words
    }

    /// The words of a caption as numbers, zeros after the last: `longestCaption` of them.
    ///
    /// Case does not matter, and neither do the articles a and an.
    ///
    /// - Throws: ``ScorerError`` for an unknown word and for too many of them.
    public func ids(of caption: String) throws(ScorerError) -> [Int] {
        let given = caption.lowercased().split(whereSeparator: \.isWhitespace).map(String.init)
            .filter { $0 != "a" && $0 != "an" }
        guard given.count <= longestCaption else {
            throw .tooLong(caption: String(caption.prefix(80)), words: longestCaption)
        }
        var ids: [Int] = []
        for word in given {
            guard let place = words.firstIndex(of: word) else {
                throw .unknownWord(word, caption: caption, words: words)
            }
            ids.append(place + 1)
        }
        return ids + Array(repeating: 0, count: longestCaption - ids.count)
    }
}

/// Why a caption cannot be scored.
public enum ScorerError: Error, Equatable, CustomStringConvertible {
    /// A word that the scorer was not trained on.
    case unknownWord(String, caption: String, words: [String])
    /// More words than the scorer takes.
    case tooLong(caption: String, words: Int)

    /// What is wrong, and what there is.
    public var description: String {
        switch self {
        case .unknownWord(let word, let caption, let words):
            "the text-image scorer does not know \"\(word)\" in \"\(caption)\"; its words are "
                + words.joined(separator: ", ")
        case .tooLong(let caption, let words):
            "the text-image scorer takes captions of up to \(words) words: \"\(caption)\" has more"
        }
    }
}

/// The layers of a text-image scorer.
///
/// Pictures: the residual encoder and a linear map. Captions: word and position embeddings, their
/// mean, and a network of one hidden layer around a residual sum.
///
/// Reference: Radford et al., "Learning transferable visual models from natural language supervision",
/// arXiv 2103.00020.
struct ScorerNetwork: Sendable {
    let configuration: TextImageScorerConfiguration
    let layout: ParameterLayout
    private let encoder: ResidualPictureEncoder
    private let picture: Linear
    private let tokens: Embedding
    private let positions: Embedding
    private let widen: Linear
    private let narrow: Linear
    private let text: Linear

    init(_ configuration: TextImageScorerConfiguration) {
        self.configuration = configuration
        let (width, out) = (configuration.textWidth, configuration.embeddingSize)
        var layout = ParameterLayout()
        encoder = ResidualPictureEncoder(
            "picture.", widths: configuration.widths, blocks: configuration.blocks,
            groups: configuration.groups, in: &layout)
        picture = Linear(
            "picture.projection", inputs: encoder.width, outputs: out, in: &layout)
        tokens = Embedding(
            "text.words", rows: configuration.words.count + 1, width: width, deviation: 0.5,
            in: &layout)
        positions = Embedding(
            "text.positions", rows: configuration.longestCaption, width: width, deviation: 0.1,
            in: &layout)
        widen = Linear("text.fc1", inputs: width, outputs: 4 * width, in: &layout)
        narrow = Linear("text.fc2", inputs: 4 * width, outputs: width, in: &layout)
        text = Linear("text.projection", inputs: width, outputs: out, in: &layout)
        self.layout = layout
    }

    /// x [B, side, side, 3] in [-1, 1] to embeddings [B, 1, 1, E], of any length.
    func pictures(_ x: Activation, on tape: Tape) -> Activation {
        tape.linear(picture, encoder.forward(x, on: tape))
    }

    /// ids [B][T] to embeddings [B, 1, 1, E], of any length.
    func captions(_ ids: [[Int]], on tape: Tape) -> Activation {
        let mean = tape.meanOverPixels(tape.embed(ids, tokens: tokens, positions: positions))
        let inner = tape.linear(narrow, tape.apply(.gelu, tape.linear(widen, mean)))
        return tape.linear(text, tape.addResidual(mean, to: inner))
    }
}
