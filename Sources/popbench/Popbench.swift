import ArgumentParser
import Foundation

/// The program: `popbench` alone opens the workbench, subcommands do one thing each.
@main
struct Popbench: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "popbench",
        abstract:
            "A terminal workbench for population-level and preference alignment of text-to-image models.",
        version: version,
        subcommands: [
            WorkbenchCommand.self, RunCommand.self, EngineCommand.self, ForwardCommand.self,
            PretrainCommand.self, TrainClassifierCommand.self, CollectCommand.self,
            EvaluateCommand.self, BCommand.self,
        ],
        defaultSubcommand: WorkbenchCommand.self)
}
