import ArgumentParser
import Foundation
import TensorCore
import TerminalKit

/// `popbench doctor`: what is there, what is wrong with it, and what to do.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract:
            "Check terminal, colours, keys, themes, font, matrix kernel, cores, models and folders.",
        discussion: "Ends with status 1 where there is a problem; warnings are none.")

    @Flag(help: "Print one JSON object.")
    var json = false

    @Flag(help: ArgumentHelp("Print kernel and GFLOP/s alone.", visibility: .hidden))
    var kernelSpeed = false

    func run() throws {
        if kernelSpeed {
            MatrixKernel.open()
            print("\(MatrixKernel.library) \(KernelSpeed.measure(large: true))")
            return
        }
        let environment = ProcessInfo.processInfo.environment
        let diagnosis = Diagnosis(
            TerminalChecks.all(environment) + ScreenChecks.all(environment)
                + MachineChecks.all(environment) + DataChecks.all(environment))
        if json {
            print(try jsonText(diagnosis))
        } else {
            show(diagnosis, environment)
        }
        if diagnosis.status == .problem { throw ExitCode(1) }
    }

    private func show(_ diagnosis: Diagnosis, _ environment: [String: String]) {
        let isColourful =
            isatty(STDOUT_FILENO) == 1
            && CursesTerminal.probe(color: nil, environment: environment).depth > .mono
        print("popbench \(diagnosis.version)")
        for finding in diagnosis.checks {
            let mark = Self.padded(finding.status.rawValue, to: 8)
            let name = Self.padded(finding.name, to: 12)
            print(
                (isColourful ? Self.painted(mark, finding.status) : mark) + name
                    + printable(finding.summary))
            if let advice = finding.advice {
                print(Self.padded("", to: 20) + "-> " + printable(advice))
            }
        }
    }

    private static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func painted(_ text: String, _ status: Finding.Status) -> String {
        let colour =
            switch status {
            case .ok: "32"
            case .warning: "33"
            case .problem: "31;1"
            }
        return "\u{1B}[\(colour)m\(text)\u{1B}[0m"
    }
}
