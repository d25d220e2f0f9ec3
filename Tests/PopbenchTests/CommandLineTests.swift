import Foundation
import Testing

/// The commands that the tests go through one by one.
private let commands = [
    "sample", "fields", "export", "sessions", "stop", "data", "pretrain", "train-classifier",
    "train-scorer", "forward", "doctor",
]

@Suite("The command line", .serialized)
struct CommandLineTests {
    @Test("the program tells its version and its commands")
    func root() throws {
        let program = Program(try Scratch())
        let version = try program.run("--version")
        #expect(version.status == 0)
        #expect(version.output.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
        let help = try program.run("--help")
        #expect(help.status == 0)
        for command in commands { #expect(help.output.contains("  \(command) ")) }
    }

    @Test("every command has help and version", arguments: commands)
    func helpAndVersion(command: String) throws {
        let program = Program(try Scratch())
        let help = try program.run(command, "--help")
        #expect(help.status == 0 && help.errors.isEmpty)
        #expect(help.output.contains("USAGE: popbench \(command)"))
        let version = try program.run(command, "--version")
        #expect(version.status == 0)
        #expect(version.output == (try program.run("--version").output))
    }

    /// A command as ArgumentParser describes it to tools.
    private struct Described: Decodable {
        struct Argument: Decodable {
            var valueName: String?
            var abstract: String?
            var shouldDisplay: Bool
        }
        var commandName: String
        var abstract: String?
        var arguments: [Argument]?
        var subcommands: [Described]?
    }

    @Test("no option and no command goes without a word of help")
    func everyOptionIsExplained() throws {
        struct Dump: Decodable { var command: Described }
        let text = try Program(try Scratch()).run("--experimental-dump-help").output
        let dump = try JSONDecoder().decode(Dump.self, from: Data(text.utf8))
        var seen = 0
        func check(_ command: Described) {
            #expect(command.abstract?.isEmpty == false, "\(command.commandName)")
            // The parser's own command has an argument without a word.
            for argument in command.arguments ?? []
            where argument.shouldDisplay && command.commandName != "help" {
                seen += 1
                #expect(
                    argument.abstract?.isEmpty == false,
                    "\(command.commandName) \(argument.valueName ?? "")")
            }
            command.subcommands?.forEach(check)
        }
        check(dump.command)
        #expect(seen > 20)
    }

    @Test(
        "what cannot be understood ends with status 64 and says so",
        arguments: [
            ["sample"], ["sample", "--prompt", "a judge"],
            ["sample", "--prompt", "a judge", "--output", "x.png", "--count", "0"],
            ["sample", "--prompt", "a judge", "--output", "x.png", "--count", "-1"],
            ["sample", "--prompt", "a judge", "--output", "x.png", "--guidance-scale", "nan"],
            ["sample", "--prompt", "a judge", "--output", "x.png", "--seed", "1e3"],
            ["sample", "--prompt", "a judge", "--output", "x.png", "--lane", "sft"],
            ["sample", "--prompt", "a", "--output", "x.png", "--session", "s"],
            ["sample", "--prompt", "a", "--output", "x", "--model", "m", "--session", "s"],
            ["stop", "--session", "s", "--timeout", "inf"], ["sessions", "--yaml"],
            ["stop"], ["stop", "a", "--session", "b"], ["engine"], ["run", "starter"],
        ])
    func usage(arguments: [String]) throws {
        let outcome = try Program(try Scratch()).run(arguments)
        #expect(outcome.hasExited && outcome.status == 64)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.contains("Usage:"))
    }

    @Test("a command that there is not is named, with the nearest one that there is")
    func unknownCommand() throws {
        let program = Program(try Scratch())
        func complaint(_ arguments: String...) throws -> String {
            let outcome = try program.run(arguments)
            #expect(outcome.hasExited && outcome.status == 64 && outcome.output.isEmpty)
            return outcome.errors
        }
        #expect(
            try complaint("wrokbench")
                == "popbench: there is no command and no session \"wrokbench\"; "
                + "did you mean popbench workbench?\n")
        #expect(try complaint("sesions", "list").contains("popbench sessions?"))
        #expect(try complaint("nonsense").contains("popbench --help lists the commands"))
        #expect(try complaint("a\u{1B}b").contains("a\\u{1b}b"))
        #expect(try complaint("--headless").contains("popbench run --headless"))
        #expect(try complaint("--recipe", "starter", "--headless").contains("run --headless"))
    }

    @Test("a reader that goes away harms nobody", arguments: [["data"], ["sessions"], ["--help"]])
    func closedPipe(arguments: [String]) throws {
        let pipe = Pipe()
        try pipe.fileHandleForReading.close()
        let outcome = try Program(try Scratch()).run(
            arguments, output: pipe.fileHandleForWriting)
        #expect(outcome.hasExited && outcome.status == 0)
        #expect(outcome.errors.isEmpty)
    }

    @Test("output that cannot be stored is a failure")
    func fullDisk() throws {
        let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
        let outcome = try Program(try Scratch()).run("sessions", output: full)
        #expect(outcome.isRefusal)
        #expect(outcome.errors.contains("standard output"))
    }
}
