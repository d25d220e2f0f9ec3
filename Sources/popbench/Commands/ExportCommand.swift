import ArgumentParser
import DiffusionModels
import TrainingEngine

/// `popbench export`: a lane as a pipeline's folder.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a lane's weights as a diffusers pipeline folder.",
        discussion: """
            Takes the lane as it was last saved. The folder holds the whole pipeline, with a \
            pipeline.py for Python's diffusers, and can be given to --model of every command.
            """)

    @OptionGroup var target: SessionTarget

    @Option(help: "The lane, or base for the model that the session began with.")
    var lane: String

    @Option(help: ArgumentHelp("The folder to write.", valueName: "dir"))
    var output: String

    @Flag(help: "Replace a pipeline folder that is there already.")
    var replace = false

    func validate() throws {
        try target.require(for: "export")
        guard !output.isEmpty else { throw ValidationError("--output names a folder") }
    }

    func run() throws {
        let chosen = try ChosenModel.opening(lane: lane, of: target.name ?? "")
        for remark in chosen.remarks { ProgramRun.say("popbench: \(printable(remark))") }
        try WholeFolder.write(
            to: output,
            advice: "name a new folder, or replace an exported pipeline with --replace",
            mayReplace: { replace && $0.contains("model_index.json") },
            { try chosen.pipeline.write(to: $0, unetWeights: chosen.weights) })
        print("wrote \(output): \(chosen.name)")
    }
}
