import BenchProtocol
import DiffusionModels
import MessageBus
import Pictures
import Populations

/// Shows how one picture of a lane comes out of its noise.
final class FilmTask: EngineTask {
    let name = "film"
    private let lane: String
    private let prompt: String
    private let index: Int
    private let frames: Int

    /// The most frames in a film.
    static let mostFrames = 32

    init(lane: String, prompt: String, index: Int, frames: Int) {
        (self.lane, self.prompt, self.index) = (lane, prompt, index)
        self.frames = min(frames, Self.mostFrames)
    }

    func advance(_ trainer: isolated Trainer) throws -> Bool {
        guard let session = trainer.session else { return true }
        let lane = lane == "base" ? nil : try session.lane(named: lane)
        let s = session.recipe.sampling
        let film = try session.sampling.film(
            of: prompt, noise: index, seed: session.recipe.session.seed,
            inferenceSteps: s.inferenceSteps, guidanceScale: Float(s.guidanceScale),
            frames: frames, weights: lane?.samplingWeights)
        let classifier = session.sampling.judges.judge.configuration
        let (height, width) = session.pipeline.pictureSize
        trainer.events.publish(
            .film(
                Film(
                    lane: self.lane, prompt: prompt, index: index, step: lane?.step ?? 0,
                    inferenceSteps: s.inferenceSteps, width: width, height: height,
                    frames: film.map { frame in
                        let (label, confidence) = frame.seen.words(classifier)
                        return Film.Frame(
                            taken: frame.taken, timestep: frame.timestep, rgb: frame.picture.rgb,
                            label: label, confidence: confidence)
                    })))
        return true
    }
}
