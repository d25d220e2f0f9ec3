import ArgumentParser

/// The program: `popbench` alone opens the workbench, subcommands do one thing each.
@main
struct Popbench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "popbench",
        abstract: """
            A terminal workbench for population-level and preference alignment of text-to-image \
            models.
            """,
        version: Version.current,
        subcommands: [
            SampleCommand.self, ExportCommand.self, SessionsCommand.self, StopCommand.self,
            DataCommand.self, PretrainCommand.self, TrainClassifierCommand.self,
            ForwardCommand.self, DoctorCommand.self,
        ])

    static func main() {
        ProgramRun.start(Popbench.self)
    }
}
