import BenchProtocol
import Foundation
import Studies

/// Where a study's news goes: sentences to standard error, JSON lines to standard output if asked for.
final class StudyConsole: Sendable {
    /// A value of a JSON line.
    enum Value: Sendable {
        case text(String)
        case number(Double)
    }

    /// One piece of news, in words and as fields.
    struct Line: Sendable {
        let words: String
        let fields: [(String, Value)]
    }

    private let printsLines: Bool
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let lastProgress = Locked(ContinuousClock.now - .seconds(60))

    init(printsLines: Bool) { self.printsLines = printsLines }

    /// Says a sentence on standard error.
    func say(_ sentence: String) {
        endProgress()
        ProgramRun.say(printable(sentence))
    }

    /// Clears the line of progress.
    func endProgress() {
        if isTerminal { ProgramRun.showProgress("") }
    }

    /// Shows what a runner tells.
    func show(_ event: StudyEvent) {
        switch event {
        case .note(let note):
            print(
                Line(words: note, fields: [("type", .text("note")), ("note", .text(note))]))
        case .progress(let doing, let share, let secondsLeft):
            let left = durationText(secondsLeft)
            let percent = Int((100 * share).rounded(.down))
            if printsLines {
                write([
                    ("type", .text("progress")), ("doing", .text(doing)), ("share", .number(share)),
                    ("seconds_left", .number(secondsLeft)),
                ])
            }
            if isTerminal {
                ProgramRun.showProgress("\(percent) %, \(left) left: \(printable(doing))")
            } else if isDue() {
                ProgramRun.say("\(percent) %, \(left) left: \(printable(doing))")
            }
        case .recorded(let record):
            let shown = ["discrepancy_gender", "discrepancy_tone", "identity_accuracy"]
            let values = shown.compactMap { name in
                record.figures.first { $0.name == name }
                    .map { String(format: "%@ %.3f", name, $0.value) }
            }
            let seconds = String(
                format: "trained %.0f s, evaluated %.0f s", record.trainingSeconds,
                record.evaluationSeconds)
            print(
                Line(
                    words:
                        "seed \(record.seed), \(record.contender) at step \(record.step): \(values.joined(separator: ", ")) (\(seconds))",
                    fields: [
                        ("type", .text("recorded")), ("contender", .text(record.contender)),
                        ("seed", .number(Double(record.seed))),
                        ("step", .number(Double(record.step))),
                    ] + record.figures.map { ($0.name, .number($0.value)) }))
        }
    }

    /// Says a line, and prints it where lines are asked for.
    func print(_ line: Line) {
        say(line.words)
        if printsLines { write(line.fields) }
    }

    /// Whether a minute has passed since the last progress in a log.
    private func isDue() -> Bool {
        lastProgress.withLock { last in
            let now = ContinuousClock.now
            guard now - last >= .seconds(60) else { return false }
            last = now
            return true
        }
    }

    private func write(_ fields: [(String, Value)]) {
        let body = fields.map { name, value in
            "\(Self.quoted(name)):" + Self.text(value)
        }.joined(separator: ",")
        Swift.print("{\(body)}")
    }

    private static func text(_ value: Value) -> String {
        switch value {
        case .text(let text): quoted(text)
        case .number(let number):
            !number.isFinite
                ? "null"
                : number == number.rounded() && abs(number) < 1e15
                    ? "\(Int(number))" : "\(number)"
        }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case _ where scalar.value < 0x20:
                quoted += String(format: "\\u%04x", scalar.value)
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

extension StudyConsole.Line {
    /// A claim's verdict.
    init(_ verdict: Verdict) {
        let sentence = verdict.claim.sentence
        self.init(
            words: "\(verdict.answer.rawValue) (\(verdict.claim.family)): \(sentence)",
            fields: [
                ("type", .text("verdict")), ("family", .text(verdict.claim.family)),
                ("claim", .text(sentence)), ("verdict", .text(verdict.answer.rawValue)),
                ("p", .number(verdict.p)), ("p_holm", .number(verdict.adjustedP)),
            ])
    }

    /// The caution that a study with too few seeds or pictures ends with.
    static let underpowered = StudyConsole.Line(
        words:
            "underpowered: this shows that it works and which way figures lean, not who is right",
        fields: [("type", .text("note")), ("note", .text("underpowered"))])
}
