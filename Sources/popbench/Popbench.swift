import ArgumentParser
import Foundation

/// The program: `popbench` alone opens the workbench, subcommands do one thing each.
@main
struct Popbench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "popbench",
        abstract: "A terminal workbench for population-level and preference alignment of text-to-image models.",
        subcommands: [ForwardCommand.self, PretrainCommand.self, TrainClassifierCommand.self, BCommand.self])
}
