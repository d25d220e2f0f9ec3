import DiffusionModels
import Foundation
import ModelStore
import Pictures
import Populations
import TensorCore

/// A pretraining run from the command line: progress, checkpoints, the finished folder and its record.
public struct PretrainingSession {
    private let configuration: PretrainingConfiguration
    private let output: String
    private let checkpointEvery: Int
    private let tokenizer: String
    private let half: Bool

    /// A run that will write into the folder `output`.
    ///
    /// - Parameters:
    ///   - checkpointEvery: steps between checkpoints, at least 1.
    ///   - tokenizer: the folder of the tokenizer's files.
    ///   - half: stores the finished weights in half precision.
    public init(
        configuration: PretrainingConfiguration, output: String, checkpointEvery: Int,
        tokenizer: String, half: Bool
    ) {
        self.configuration = configuration
        self.output = output
        self.checkpointEvery = checkpointEvery
        self.tokenizer = tokenizer
        self.half = half
    }

    /// Trains to the end, going on from the checkpoint in the output folder if there is one.
    ///
    /// - Parameter report: takes one line of progress at a time.
    public func run(_ report: (String) -> Void) throws {
        let people = try EmojiPeople(environment: ProcessInfo.processInfo.environment)
        let pipeline = try EmbeddedModel.untrained(
            tokenizer: tokenizer, seed: configuration.seed)
        let run = PretrainingRun(
            configuration, pipeline: pipeline, sampler: TrainingSampler(people: people))
        try PipelineFolder(path: output).create([])
        let checkpoint = output + "/pretraining.safetensors"
        if FileManager.default.fileExists(atPath: checkpoint) {
            try run.resume(from: checkpoint)
            report("resuming at step \(run.step) of \(configuration.steps)")
        }
        let firstStep = run.step
        let start = ContinuousClock.now
        var losses: [Double] = []
        while run.step < configuration.steps {
            losses.append(run.advance())
            let finished = run.step == configuration.steps
            if run.step % 20 == 0 || finished {
                let elapsed = (ContinuousClock.now - start).seconds
                let rate = Double(run.step - firstStep) / elapsed
                let left = Double(configuration.steps - run.step) / rate
                let recent = losses.suffix(100)
                report(
                    String(
                        format: "step %d/%d  loss %.4f  %.1f pictures/s  %d:%02d left", run.step,
                        configuration.steps, recent.reduce(0, +) / Double(recent.count),
                        rate * Double(configuration.batch), Int(left) / 60, Int(left) % 60))
            }
            if run.step % checkpointEvery == 0, !finished { try run.saveCheckpoint(to: checkpoint) }
            if run.step % (checkpointEvery * 5) == 0, !finished {
                try writeSheet(run.averagedPipeline())
            }
        }
        let recent = losses.suffix(100)
        let finished = run.averagedPipeline()
        try finished.write(to: output, as: half ? .float16 : .float32)
        try writeSheet(try DiffusionPipeline(opening: output))
        try TrainingRecord(
            command: CommandLine.arguments.joined(separator: " "), seed: configuration.seed,
            steps: configuration.steps, dataDigest: people.digest,
            finalLoss: recent.isEmpty ? nil : recent.reduce(0, +) / Double(recent.count),
            seconds: (ContinuousClock.now - start).seconds, kernel: MatrixKernel.name
        ).write(to: output + "/unet/training.json")
        try? FileManager.default.removeItem(atPath: checkpoint)
        report("wrote \(output)")
    }

    /// Eight professions, their neutral prompt and two identities each, from fixed noise.
    private func writeSheet(_ pipeline: DiffusionPipeline) throws {
        let professions = Profession.all.prefix(8)
        let prompts = professions.flatMap { profession in
            [String](repeating: Caption(profession).text, count: 4)
                + [String](
                    repeating: Caption(profession, gender: .woman, tone: .dark).text, count: 2)
                + [String](
                    repeating: Caption(profession, gender: .man, tone: .light).text, count: 2)
        }
        let request = SamplingRequest(
            prompts: prompts, noise: Array(0..<prompts.count), seed: configuration.seed)
        guard let pixels = try Sampler(pipeline).sample(request) else { return }
        let pictures = pixelsToPictures(pixels, pipeline.pictureSize)
        try contactSheet(pictures, columns: 8, padding: 2).writePNG(to: output + "/samples.png")
    }
}

extension Duration {
    /// The duration in seconds.
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
