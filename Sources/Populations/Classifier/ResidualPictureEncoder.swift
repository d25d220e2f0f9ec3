import NeuralLayers
import TensorCore

/// A picture to one feature vector, by residual blocks: the body of the evaluator and of the
/// text-image scorer.
///
/// A 4x4 convolution of stride 2; per stage some blocks of two 3x3 convolutions behind GroupNorm and
/// SiLU, with a sum around each; a 2x2 convolution of stride 2 between stages; GroupNorm, SiLU and the
/// mean over pixels.
///
/// Reference: He, Zhang, Ren, Sun, "Identity mappings in deep residual networks", arXiv 1603.05027.
struct ResidualPictureEncoder: Sendable {
    private let stem: Convolution
    private let stages: [Stage]
    private let norm: Normalisation
    /// Channels of the features.
    let width: Int

    private struct Stage: Sendable {
        /// Nil before the first stage, which the stem leads to.
        let shrink: Convolution?
        let blocks: [Block]
    }

    private struct Block: Sendable {
        let norm1: Normalisation
        let conv1: Convolution
        let norm2: Normalisation
        let conv2: Convolution
    }

    /// - Parameters:
    ///   - prefix: stands before every parameter's name, with its dot.
    ///   - widths: channels of each stage, at least one.
    ///   - blocks: residual blocks of each stage.
    init(
        _ prefix: String, widths: [Int], blocks: Int, groups: Int,
        in layout: inout ParameterLayout
    ) {
        func norm(_ name: String, _ channels: Int) -> Normalisation {
            Normalisation(
                prefix + name, channels: channels, groups: groups, eps: 1e-5, in: &layout)
        }
        stem = Convolution(
            "\(prefix)stem", inputs: 3, outputs: widths[0], kernel: 4, stride: 2, in: &layout)
        var stages: [Stage] = []
        for (index, width) in widths.enumerated() {
            let shrink =
                index == 0
                ? nil
                : Convolution(
                    "\(prefix)stages.\(index).shrink", inputs: widths[index - 1], outputs: width,
                    kernel: 2, stride: 2, padding: 0, in: &layout)
            let members = (0..<blocks).map { number in
                let name = "stages.\(index).blocks.\(number)"
                return Block(
                    norm1: norm("\(name).norm1", width),
                    conv1: Convolution(
                        "\(prefix)\(name).conv1", inputs: width, outputs: width, in: &layout),
                    norm2: norm("\(name).norm2", width),
                    conv2: Convolution(
                        "\(prefix)\(name).conv2", inputs: width, outputs: width, in: &layout))
            }
            stages.append(Stage(shrink: shrink, blocks: members))
        }
        self.stages = stages
        width = widths[widths.count - 1]
        self.norm = norm("norm", width)
    }

    /// x [B, H, W, 3] in [-1, 1] to features [B, 1, 1, width].
    func forward(_ x: Activation, on tape: Tape) -> Activation {
        var h = tape.convolution(stem, x)
        for stage in stages {
            if let shrink = stage.shrink { h = tape.convolution(shrink, h) }
            for block in stage.blocks {
                let inner = tape.convolution(
                    block.conv1, tape.groupNorm(block.norm1, h, silu: true))
                h = tape.convolution(
                    block.conv2, tape.groupNorm(block.norm2, inner, silu: true), adding: h)
            }
        }
        return tape.meanOverPixels(tape.groupNorm(norm, h, silu: true))
    }
}

/// What the shape of a network over pictures may be; checked before anything is allocated from it.
enum PictureNetworkShape {
    /// The first key of a configuration that no network can be built from, and what is wrong with it.
    ///
    /// - Parameter blocks: residual blocks of each stage; nil for a plain network.
    static func fault(
        imageSize: Int, widths: [Int], groups: Int, blocks: Int?
    ) -> (key: String, problem: String)? {
        guard (8...512).contains(imageSize) else {
            return ("image_size", "is \(imageSize), not 8 to 512")
        }
        guard (1...8).contains(widths.count), (1...256).contains(groups),
            widths.allSatisfy({ (1...2048).contains($0) && $0 % groups == 0 })
        else {
            return ("widths", "are \(widths), not 1 to 8 multiples of the \(groups) groups")
        }
        guard let blocks else { return nil }
        guard imageSize >> widths.count >= 1 else {
            return (
                "widths", "are \(widths.count), too many stages for pictures of \(imageSize) pixels"
            )
        }
        guard (1...16).contains(blocks) else {
            return ("blocks", "is \(blocks), not 1 to 16")
        }
        return nil
    }
}
