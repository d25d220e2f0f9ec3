import Alignment
import BenchProtocol
import ModelStore
import NeuralLayers
import TensorCore

/// One contender of a session: its settings, its weights and its optimiser.
public final class Lane {
    /// The lane's name, objective and constants, as last set.
    public internal(set) var settings: LaneSettings
    /// The loss that the settings describe.
    public internal(set) var objective: any Objective
    /// What holds the losers' gradients back, where the settings ask for it.
    public internal(set) var safeguard: LoserSafeguard?
    /// The policy's U-Net weights in engine order, which every step changes in place.
    public let weights: FloatBlock
    /// The moving average that pictures are sampled from, where the recipe asks for one.
    public let average: FloatBlock?
    let optimiser: AdamW
    /// Steps taken.
    public internal(set) var step = 0

    /// A lane that starts from the base's weights.
    ///
    /// - Throws: `AlignmentError` for settings that make no objective.
    public init(
        _ settings: LaneSettings, base: FloatBlock, adamW: AdamWConfiguration, averages: Bool
    ) throws {
        self.settings = settings
        objective = try Lane.objective(of: settings)
        safeguard = try Lane.safeguard(of: settings)
        weights = FloatBlock(count: base.count)
        weights.copy(from: base)
        optimiser = AdamW(count: base.count, configuration: adamW)
        average = averages ? FloatBlock(count: base.count) : nil
        average?.copy(from: base)
    }

    static func objective(of settings: LaneSettings) throws -> any Objective {
        try ObjectiveName.makeObjective(
            named: settings.objective, divergence: settings.divergence, alpha: settings.alpha,
            beta: settings.beta, kappa: settings.kappa)
    }

    static func safeguard(of settings: LaneSettings) throws -> LoserSafeguard? {
        try settings.safeguard.map { try LoserSafeguard(slack: $0) }
    }

    /// The weights that pictures are sampled from.
    public var samplingWeights: FloatBlock { average ?? weights }
}

// MARK: - Files

extension Lane {
    /// Bytes that `write` needs.
    var byteCount: Int { (average == nil ? 3 : 4) * weights.count * 4 + 4096 }

    /// Writes weights and optimiser as one safetensors file, blocks in engine order.
    ///
    /// - Throws: `ModelStoreError`.
    package func write(to path: String) throws {
        var writer = SafetensorsWriter(metadata: ["step": "\(step)", "name": settings.name])
        for (name, block) in blocks {
            writer.add(
                name, shape: [block.count],
                floats: UnsafeBufferPointer(start: block.pointer, count: block.count))
        }
        try writer.write(to: path)
    }

    /// Takes over what `write` wrote.
    ///
    /// - Throws: `ModelStoreError` when the file is damaged or of another model.
    package func read(from path: String) throws {
        let file = try SafetensorsFile(path)
        guard let stored = file.metadata["step"].flatMap({ Int($0) }), stored >= 0 else {
            throw ModelStoreError(
                .malformed, file: path, subject: "step", problem: "is missing from the metadata",
                advice: "resume from an earlier checkpoint")
        }
        for (name, block) in blocks {
            try file.require(name, shape: [block.count])
            try file.read(
                name, into: UnsafeMutableBufferPointer(start: block.pointer, count: block.count))
        }
        step = stored
        optimiser.step = stored
    }

    private var blocks: [(String, FloatBlock)] {
        [
            ("weights", weights), ("first_moment", optimiser.first),
            ("second_moment", optimiser.second),
        ] + (average.map { [("average", $0)] } ?? [])
    }
}
