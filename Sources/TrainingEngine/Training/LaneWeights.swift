import BenchProtocol
import DiffusionModels
import ModelStore
import NeuralLayers
import TensorCore

/// Why a lane's weights cannot be had from a session.
public enum LaneWeightsError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The session has no lane of that name; the names that it has.
    case noLane(String, session: String, lanes: [String])
    /// Nothing was saved yet.
    case notSaved(session: String)
    /// Something was saved, and nothing of it is whole; what is wrong with the newest.
    case noWholeCheckpoint(session: String, defect: CheckpointDefect)

    /// What is wrong, where, and what to do.
    public var description: String {
        switch self {
        case .noLane(let lane, let session, let lanes):
            "\(session) has no lane \"\(String(lane.prefix(60)))\"; its lanes are "
                + (["base"] + lanes).joined(separator: ", ")
        case .notSaved(let session):
            "\(session) has no checkpoint yet; save it once (key s on the screen), or use lane base"
        case .noWholeCheckpoint(let session, let defect):
            "\(session) has no checkpoint that is whole; the newest: \(defect)"
        }
    }
}

/// The weights that a lane had when its session was last saved.
public struct LaneWeights {
    /// The U-Net's weights in engine order: the moving average where the lane keeps one.
    public let weights: FloatBlock
    /// The step of the checkpoint.
    public let step: Int
    /// Newer checkpoints that are broken and were passed over, newest first.
    public let defects: [CheckpointDefect]

    /// The name under which the base model goes; no lane's.
    public static let baseName = "base"

    /// The name of a lane's file in a checkpoint.
    public static func fileName(lane: String) -> String { "lanes/\(lane).safetensors" }

    /// Reads a lane's weights from the newest checkpoint of a session that is whole.
    ///
    /// - Parameters:
    ///   - lane: the lane's name; ``baseName`` is not among them.
    ///   - pipeline: the session's base, whose U-Net says how many weights there are.
    /// - Throws: ``LaneWeightsError``, ``SessionError`` or `ModelStoreError`.
    public static func open(
        session: SessionStore, lane: String, pipeline: DiffusionPipeline
    ) throws -> LaneWeights {
        let choice = try session.latestCheckpoint()
        guard let checkpoint = choice.checkpoint else {
            if let defect = choice.defects.first {
                throw LaneWeightsError.noWholeCheckpoint(session: session.path, defect: defect)
            }
            let lanes = try session.recipe().lanes.map(\.name)
            guard lanes.contains(lane) else {
                throw LaneWeightsError.noLane(lane, session: session.path, lanes: lanes)
            }
            throw LaneWeightsError.notSaved(session: session.path)
        }
        guard let path = checkpoint.path(of: fileName(lane: lane)) else {
            let (prefix, suffix) = ("lanes/", ".safetensors")
            let lanes = checkpoint.files.filter { $0.hasPrefix(prefix) && $0.hasSuffix(suffix) }
                .map { String($0.dropFirst(prefix.count).dropLast(suffix.count)) }
            throw LaneWeightsError.noLane(lane, session: session.path, lanes: lanes)
        }
        let file = try SafetensorsFile(path)
        let name = file.contains("average") ? "average" : "weights"
        let weights = FloatBlock(count: pipeline.unet.layout.count)
        try file.require(name, shape: [weights.count])
        try file.read(
            name, into: UnsafeMutableBufferPointer(start: weights.pointer, count: weights.count))
        return LaneWeights(weights: weights, step: checkpoint.step, defects: choice.defects)
    }

    /// The weights that ``open(session:lane:pipeline:)`` reads, alone.
    ///
    /// - Throws: ``LaneWeightsError``, ``SessionError`` or `ModelStoreError`.
    public static func load(
        session: SessionStore, lane: String, pipeline: DiffusionPipeline
    ) throws -> FloatBlock {
        try open(session: session, lane: lane, pipeline: pipeline).weights
    }
}
