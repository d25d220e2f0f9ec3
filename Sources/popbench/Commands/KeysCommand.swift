import ArgumentParser
import Workbench

/// `popbench keys`: the table of keys, as it is in force.
struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Print the workbench's keys: as they are, as Markdown, or as a file to change.",
        discussion: """
            keys.toml in the folder of configuration ($XDG_CONFIG_HOME/popbench, or \
            ~/.config/popbench) changes keys; popbench keys --toml prints one to start from.
            """)

    @Flag(help: "Print a keys.toml with every action and its keys, each line commented out.")
    var toml = false

    @Flag(help: "Print Markdown tables.")
    var markdown = false

    @Flag(help: "Print the keys as shipped, whatever keys.toml says.")
    var standard = false

    func validate() throws {
        if toml, markdown { throw ValidationError("--toml and --markdown exclude each other") }
    }

    func run() throws {
        let (table, problems) =
            standard ? (KeyTable.standard, []) : ScreenFiles().keyTable()
        print(
            toml ? table.toml() : markdown ? table.markdown() : table.plainText(), terminator: "")
        for problem in problems { report("\(problem)") }
        if !problems.isEmpty { throw ExitCode(1) }
    }
}
