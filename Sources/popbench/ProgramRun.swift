import ArgumentParser
@preconcurrency import Glibc
import TrainingEngine

/// One run of the program: arguments in, exit status out.
enum ProgramRun {
    /// Parses the arguments, runs the command that they name, and leaves.
    static func start(_ root: any ParsableCommand.Type, _ arguments: [String]? = nil) -> Never {
        prepareStreams()
        if let complaint = complaint(root, arguments ?? Array(CommandLine.arguments.dropFirst())) {
            say("popbench: " + complaint)
            exit(FailureLine.usageStatus)
        }
        var isParsed = false
        do {
            var command = try root.parseAsRoot(arguments)
            isParsed = true
            try command.run()
        } catch {
            // Whatever parsing throws is about the arguments, and ArgumentParser's to explain.
            if !isParsed || FailureLine.isOfArguments(error) { root.exit(withError: error) }
            fflush(stdout)
            say(FailureLine.text(of: error))
            exit(FailureLine.status(of: error))
        }
        exit(flushOutput() ? 0 : 1)
    }

    private static func complaint(
        _ root: any ParsableCommand.Type, _ arguments: [String]
    ) -> String? {
        CommandGuess.complaint(
            arguments,
            commands: root.configuration.subcommands.compactMap { $0.configuration.commandName }
        ) { name in
            (try? Locations.current().session(name)).map { SessionStore.isSession($0) } ?? false
        }
    }

    /// Writes a line to standard error.
    static func say(_ line: String) {
        fputs(line + "\n", stderr)
    }

    /// Shows a line of progress in place of the last one on standard error; empty clears it.
    static func showProgress(_ text: String) {
        fputs("\r\u{1B}[K" + text, stderr)
    }

    /// Whole lines leave at once, and a reader that has gone away kills nobody.
    private static func prepareStreams() {
        setvbuf(stdout, nil, _IOLBF, 1 << 16)
        // Writing to a closed pipe becomes an error of that write.
        signal(SIGPIPE, SIG_IGN)
    }

    /// Whether everything that was printed got where it should; says so where it did not.
    private static func flushOutput() -> Bool {
        guard fflush(stdout) != 0 || ferror(stdout) != 0 else { return true }
        // A reader that has seen enough (`popbench sessions | head -1`) is no failure.
        var output = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
        if poll(&output, 1, 0) == 1, output.revents & Int16(POLLERR) != 0 { return true }
        say("popbench: standard output could not be written; is the disk full?")
        return false
    }
}
