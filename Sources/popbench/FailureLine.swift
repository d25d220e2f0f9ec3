import ArgumentParser
import EngineLink
import Foundation
import TerminalKit

/// What a command's error becomes: one line on standard error and an exit status.
enum FailureLine {
    /// A command line that is wrong; as BSD's `sysexits.h` has it.
    static let usageStatus: Int32 = 64

    /// The exit status of an error: 2 where only a terminal is missing, else 1.
    static func status(of error: any Error) -> Int32 {
        error is TerminalError ? 2 : 1
    }

    /// `popbench: ` and what went wrong, on one line and safe to print.
    static func text(of error: any Error) -> String {
        "popbench: " + sentence(error)
    }

    private static func sentence(_ error: any Error) -> String {
        // The quoted end of an engine's log keeps its lines, and so does the screen of a journey.
        if error is LinkError || error is JourneyTerminal.Failure {
            return printable("\(error)", keepingLines: true)
        }
        // Foundation's own errors describe themselves to programmers, not to people.
        if error is any LocalizedError || type(of: error) is NSError.Type {
            return printable(error.localizedDescription)
        }
        return printable("\(error)")
    }

    /// Whether ArgumentParser has its own words for an error: usage, help, a bare exit status.
    static func isOfArguments(_ error: any Error) -> Bool {
        // Asking for help is an error of a type that ArgumentParser keeps to itself.
        error is ExitCode || error is CleanExit || error is ValidationError
            || Popbench.exitCode(for: error) == .success
    }
}

/// Text from outside without what a terminal would act on.
func printable(_ text: String, keepingLines: Bool = false) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
        switch scalar.properties.generalCategory {
        case .control where keepingLines && scalar == "\n":
            result.unicodeScalars.append(scalar)
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate:
            result += "\\u{\(String(scalar.value, radix: 16))}"
        default:
            result.unicodeScalars.append(scalar)
        }
    }
    return result
}
