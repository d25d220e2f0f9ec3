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
            WorkbenchCommand.self, RunCommand.self, SessionsCommand.self, StopCommand.self,
            SampleCommand.self, EvaluateCommand.self, FieldsCommand.self, ExportCommand.self,
            CollectCommand.self, RateCommand.self, DataCommand.self, SweepCommand.self,
            ReproduceCommand.self, PretrainCommand.self,
            TrainClassifierCommand.self, TrainScorerCommand.self, ForwardCommand.self,
            BenchmarkCommand.self,
            DoctorCommand.self, KeysCommand.self, EngineCommand.self,
        ],
        defaultSubcommand: WorkbenchCommand.self)

    /// Runs synchronously on the initial thread, where the screen has to live.
    static func main() {
        ProgramRun.start(Popbench.self)
    }
}
