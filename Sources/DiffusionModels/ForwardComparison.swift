import CKernels
import Foundation
import ModelStore
import NeuralLayers
import TensorCore

/// Runs a model on tensors from a file and writes what comes out, so that anyone can compare popbench
/// with diffusers and transformers on a model of theirs.
public enum ForwardComparison {
    /// Reads `inputs`, runs the model in `folder` on them, and writes `output`.
    ///
    /// Inputs, in diffusers' layouts: `sample` [B, C, H, W], `timestep` (int64, [B] or one number) and
    /// `encoder_hidden_states` [B, T, D] or `input_ids` [B, T] (int64); `input_ids` alone run the text
    /// encoder. Outputs: `output`, and with a `target` also `loss` (mean squared error) and
    /// `grad.NAME` for every parameter.
    ///
    /// - Parameter folder: a pipeline, or one component's folder.
    /// - Throws: `ModelStoreError`.
    public static func run(folder: String, inputs: String, output: String) throws {
        MatrixKernel.open()
        let file = try SafetensorsFile(inputs)
        var writer = SafetensorsWriter(metadata: ["format": "pt"])
        if file.contains("sample") {
            try runUNet(file, folder, &writer)
        } else if file.contains("input_ids") {
            try runTextEncoder(file, folder, &writer)
        } else {
            throw ModelStoreError(
                .missingTensor, file: inputs, subject: "sample",
                problem: "is not there, and neither is \"input_ids\"",
                advice:
                    "give sample, timestep and encoder_hidden_states for a U-Net, or input_ids for a text encoder"
            )
        }
        try writer.write(to: output)
    }

    private static func runUNet(
        _ file: SafetensorsFile, _ folder: String, _ writer: inout SafetensorsWriter
    ) throws {
        let (network, weights) = try UNet.open(folder)
        let shape = try file.shape(of: "sample")
        let c = network.configuration
        guard shape.count == 4, shape[0] > 0, shape[1] == c.inChannels, shape[2] > 0, shape[3] > 0
        else {
            throw file.wrong("sample", "has shape \(shape)", "[B, \(c.inChannels), H, W] is needed")
        }
        let (batch, height, width) = (shape[0], shape[2], shape[3])
        let timesteps = try self.timesteps(file, batch)
        let arena = Arena()
        let gradients = FloatBlock(count: network.layout.count)
        let trains = file.contains("target")
        let tape = Tape(
            parameters: weights.pointer, gradients: trains ? gradients.pointer : nil, arena: arena,
            scratch: Arena())
        let sample = tape.input(
            channelsLast(
                try file.floats("sample"), batch, c.inChannels, height * width),
            batch: batch, height: height, width: width, channels: c.inChannels)

        var text: (tape: Tape, encoder: TextEncoder, weights: FloatBlock, gradients: FloatBlock)?
        let context: Activation
        if file.contains("encoder_hidden_states") {
            let shape = try file.shape(of: "encoder_hidden_states")
            guard shape.count == 3, shape[0] == batch, shape[1] > 0, shape[2] == c.crossAttentionDim
            else {
                throw file.wrong(
                    "encoder_hidden_states", "has shape \(shape)",
                    "[\(batch), T, \(c.crossAttentionDim)] is needed")
            }
            context = tape.input(
                try file.floats("encoder_hidden_states"), batch: batch, height: shape[1], width: 1,
                channels: shape[2])
        } else {
            let (encoder, textWeights) = try TextEncoder.open(folder)
            guard encoder.configuration.hiddenSize == c.crossAttentionDim else {
                throw file.wrong(
                    "input_ids",
                    "cannot be used: the text encoder is \(encoder.configuration.hiddenSize) wide",
                    "the U-Net's cross_attention_dim is \(c.crossAttentionDim)")
            }
            let textGradients = FloatBlock(count: encoder.layout.count)
            let textTape = Tape(
                parameters: textWeights.pointer, gradients: trains ? textGradients.pointer : nil,
                arena: arena, scratch: Arena())
            let ids = try self.ids(file, encoder.configuration)
            guard ids.count == batch else {
                throw file.wrong(
                    "input_ids", "has \(ids.count) rows", "one a sample is needed: \(batch)")
            }
            context = encoder.forward(ids, on: textTape)
            text = (textTape, encoder, textWeights, textGradients)
        }
        let prediction = network.forward(
            sample: sample, timesteps: timesteps, context: context, on: tape)
        let outShape = [batch, c.outChannels, height, width]
        writer.add(
            "output", shape: outShape,
            floats: channelsFirst(prediction.data, batch, c.outChannels, height * width))
        if trains {
            try file.require("target", shape: outShape)
            let target = channelsLast(
                try file.floats("target"), batch, c.outChannels, height * width)
            addLoss(prediction, target, tape, to: &writer)
            addGradients(network.layout, gradients, to: &writer)
            if let text {
                text.tape.backward(from: context)
                addGradients(text.encoder.layout, text.gradients, to: &writer)
            }
        }
        withExtendedLifetime((weights, text?.weights)) {}
    }

    private static func runTextEncoder(
        _ file: SafetensorsFile, _ folder: String, _ writer: inout SafetensorsWriter
    ) throws {
        let (encoder, weights) = try TextEncoder.open(folder)
        let ids = try self.ids(file, encoder.configuration)
        let trains = file.contains("target")
        let gradients = FloatBlock(count: encoder.layout.count)
        let tape = Tape(
            parameters: weights.pointer, gradients: trains ? gradients.pointer : nil,
            arena: Arena(), scratch: Arena())
        let states = encoder.forward(ids, on: tape)
        let shape = [ids.count, ids[0].count, encoder.configuration.hiddenSize]
        writer.add(
            "output", shape: shape,
            floats: Array(UnsafeBufferPointer(start: states.data, count: states.count)))
        if trains {
            try file.require("target", shape: shape)
            addLoss(states, try file.floats("target"), tape, to: &writer)
            addGradients(encoder.layout, gradients, to: &writer)
        }
        withExtendedLifetime(weights) {}
    }

    private static func timesteps(_ file: SafetensorsFile, _ batch: Int) throws -> [Int] {
        let stored = try file.int64s("timestep").map { Int($0) }
        guard stored.count == batch || stored.count == 1 else {
            throw file.wrong(
                "timestep", "has \(stored.count) values",
                "one, or one a sample (\(batch)), is needed")
        }
        guard stored.allSatisfy({ (0..<1_000_000).contains($0) }) else {
            throw file.wrong("timestep", "has a value outside 0..<1000000", "correct it")
        }
        return stored.count == 1 ? Array(repeating: stored[0], count: batch) : stored
    }

    private static func ids(
        _ file: SafetensorsFile, _ configuration: CLIPTextConfiguration
    ) throws -> [[Int]] {
        let shape = try file.shape(of: "input_ids")
        guard shape.count == 2, shape[0] > 0,
            (1...configuration.maximumPositions).contains(shape[1])
        else {
            throw file.wrong(
                "input_ids", "has shape \(shape)",
                "[B, T] with T at most \(configuration.maximumPositions) is needed")
        }
        let values = try file.int64s("input_ids")
        if let wrong = values.first(where: { $0 < 0 || $0 >= configuration.vocabularySize }) {
            throw file.wrong(
                "input_ids", "holds \(wrong)",
                "ids are 0..<\(configuration.vocabularySize), the text encoder's vocab_size")
        }
        return (0..<shape[0]).map { row in
            (0..<shape[1]).map { Int(values[row * shape[1] + $0]) }
        }
    }

    private static func addLoss(
        _ output: Activation, _ target: [Float], _ tape: Tape, to writer: inout SafetensorsWriter
    ) {
        let loss = pb_squared_distance(output.data, target, output.count) / Double(output.count)
        writer.add("loss", shape: [], floats: [Float(loss)])
        let factor = 2 / Float(output.count)
        tape.backward(
            from: output,
            gradient: (0..<output.count).map { factor * (output.data[$0] - target[$0]) })
    }

    private static func addGradients(
        _ layout: ParameterLayout, _ gradients: FloatBlock, to writer: inout SafetensorsWriter
    ) {
        for parameter in layout.parameters {
            writer.add(
                "grad.\(parameter.name)", shape: parameter.shape,
                floats: layout.fileValues(of: parameter, in: gradients.pointer))
        }
    }
}

/// Values in [B, C, pixels] order as [B, pixels, C].
func channelsLast(_ values: [Float], _ batch: Int, _ channels: Int, _ pixels: Int) -> [Float] {
    var out = values
    for b in 0..<batch {
        for c in 0..<channels {
            for p in 0..<pixels {
                out[(b * pixels + p) * channels + c] = values[(b * channels + c) * pixels + p]
            }
        }
    }
    return out
}

/// Values in [B, pixels, C] order as [B, C, pixels].
func channelsFirst(
    _ values: UnsafePointer<Float>, _ batch: Int, _ channels: Int, _ pixels: Int
) -> [Float] {
    var out = [Float](repeating: 0, count: batch * channels * pixels)
    for b in 0..<batch {
        for c in 0..<channels {
            for p in 0..<pixels {
                out[(b * channels + c) * pixels + p] = values[(b * pixels + p) * channels + c]
            }
        }
    }
    return out
}

extension SafetensorsFile {
    fileprivate func wrong(
        _ tensor: String, _ problem: String, _ advice: String
    ) -> ModelStoreError {
        ModelStoreError(
            .unexpectedTensor, file: path, subject: tensor, problem: problem, advice: advice)
    }
}
