import BenchProtocol
import TerminalKit

/// The line that tells where the engine stands.
struct StatusLine: Drawing {
    let model: WorkbenchModel
    let theme: Theme

    func draw(on canvas: inout Canvas, in rect: Rect) {
        guard !rect.isEmpty else { return }
        // What does not fit is left out from the end: the list is in order of importance.
        var column = rect.x + 1
        for (index, run) in runs().enumerated() {
            let columns = TextLayout.columns(run.0)
            let gap = index == 0 ? 0 : 2
            guard column + gap + columns <= rect.maxX || index == 0 else { break }
            column += gap
            column += canvas.put(
                run.0, x: column, y: rect.y, style: run.1, maxWidth: rect.maxX - column)
        }
    }

    private func runs() -> [(String, Style)] {
        let text = theme.style(for: .text)
        let dim = theme.style(for: .dim)
        guard let state = model.state else { return [standing] }
        var runs = [standing, ("step \(state.step)/\(state.endStep)", text)]
        for task in model.tasks.values.sorted(by: { $0.task < $1.task }) {
            let left =
                task.secondsLeft.isFinite ? " eta \(NumberText.duration(task.secondsLeft))" : ""
            let note = task.message.isEmpty ? "" : " \(task.message)"
            let bar = ProgressBar.text(done: task.done, of: task.total, columns: 10)
            runs.append(
                (
                    "\(task.task) \(bar) \(task.done)/\(task.total)\(left)\(note)",
                    theme.style(for: .accent)
                ))
        }
        let cancel = model.keys.keyName(for: .cancelTask, in: .everywhere)
        if !model.tasks.isEmpty, !cancel.isEmpty {
            runs.append(("\(cancel) cancels", theme.style(for: .key)))
        }
        if !model.tasks.isEmpty, state.isBusy {
            runs.append((model.trainingIntended ? "training waits" : "then paused", dim))
        }
        // How fast it went says nothing of an engine that stands still.
        let isLive = model.isAttached && state.phase == .training
        if isLive, state.stepsPerSecond.isFinite, state.stepsPerSecond > 0 {
            runs.append(("\(NumberText.short(state.stepsPerSecond)) steps/s", text))
        }
        if isLive, state.secondsLeft.isFinite {
            runs.append(("eta \(NumberText.duration(state.secondsLeft))", text))
        }
        if let savedStep = state.savedStep {
            let age = state.savedAt.map { " " + NumberText.age(model.now - $0) } ?? ""
            runs.append(("saved\(age) (step \(savedStep))", dim))
        } else {
            runs.append(("not saved yet", theme.style(for: .warn)))
        }
        if isLive, state.imagesPerSecond.isFinite, state.imagesPerSecond > 0 {
            runs.append(("\(NumberText.short(state.imagesPerSecond)) images/s", dim))
        }
        runs.append((state.session, dim))
        if !state.kernel.isEmpty { runs.append((state.kernel, dim)) }
        return runs
    }

    private var standing: (String, Style) {
        switch model.engine {
        case .connecting: return ("○ waiting for the engine", theme.style(for: .warn))
        case .stopping: return ("◌ saving and stopping", theme.style(for: .warn))
        case .left: return ("■ engine left", theme.style(for: .warn))
        case .lost: return ("✗ engine lost", theme.style(for: .error))
        case .attached: break
        }
        guard let phase = model.state?.phase else {
            return ("○ attached", theme.style(for: .ok))
        }
        return switch phase {
        case .training: ("● training", theme.style(for: .ok))
        case .idle: ("○ idle", theme.style(for: .dim))
        case .paused: ("‖ paused", theme.style(for: .warn))
        case .finished: ("■ finished", theme.style(for: .accent))
        case .preparing, .collecting, .sampling, .evaluating, .saving:
            ("◌ \(phase.rawValue)", theme.style(for: .accent))
        }
    }
}

/// A task's progress as a few cells of text.
package enum ProgressBar {
    private static let parts: [Character] = ["▏", "▎", "▍", "▌", "▋", "▊", "▉"]

    /// A bar between two marks; a total of nothing, or nonsense, is an empty one.
    package static func text(done: Int, of total: Int, columns: Int) -> String {
        let share = total > 0 ? min(max(Double(done) / Double(total), 0), 1) : 0
        let eighths = Int(share * Double(columns * 8))
        var bar = String(repeating: "█", count: eighths / 8)
        if eighths % 8 > 0 { bar.append(parts[eighths % 8 - 1]) }
        return "▕" + bar + String(repeating: " ", count: columns - bar.count) + "▏"
    }
}

/// The last line: what the keys do here, or the newest notice.
struct HintLine: Drawing {
    let model: WorkbenchModel
    let theme: Theme

    func draw(on canvas: inout Canvas, in rect: Rect) {
        guard !rect.isEmpty else { return }
        if let notice = model.notice, model.overlay == nil {
            drawNotice(notice, on: &canvas, in: rect)
        } else {
            drawKeys(on: &canvas, in: rect)
        }
    }

    private func drawNotice(_ notice: Notice, on canvas: inout Canvas, in rect: Rect) {
        let (mark, role): (String, ThemeRole) =
            switch notice.level {
            case .debug, .info: ("·", .accent)
            case .warning: ("!", .warn)
            case .error: ("✗", .error)
            }
        let log = model.keys.keyName(for: .show(.log), in: model.view.keyContext)
        let isGood = notice.level == .info || notice.level == .debug
        func room(_ ending: String) -> Int { max(0, rect.width - 2 - TextLayout.columns(ending)) }
        var ending = isGood ? "" : "  \(log) log  esc hide"
        if !isGood, TextLayout.exceeds("\(mark) \(notice.text)", room(ending)) {
            // What was cut off is what it is about: where to read it comes before how to hide it.
            ending = "  \(log) log tells"
        }
        let text = NoticeText.fitted("\(mark) \(notice.text)", to: room(ending))
        let used = canvas.put(
            text, x: rect.x + 1, y: rect.y, style: theme.style(for: role),
            maxWidth: room(ending))
        canvas.put(
            ending, x: rect.x + 1 + used, y: rect.y, style: theme.style(for: .dim),
            maxWidth: max(0, rect.width - 1 - used))
        // Whoever has more to say of it is a click away.
        if !ending.isEmpty { canvas.mark(rect, MouseTarget.action(.show(.log))) }
    }

    private func drawKeys(on canvas: inout Canvas, in rect: Rect) {
        var column = rect.x + 1
        // Help and quit are never crowded out by keys that help would show.
        let all = model.shownHints
        let room = rect.width - 2
        var chosen = all
        // A question's keys are few and each of them counts: words go before keys do.
        let questions: Set<KeyContext> = [
            .quitDialog, .stopping, .engineLost, .confirmation, .opening,
        ]
        let isBrief =
            questions.contains(model.keyContext) && width(of: all, isBrief: false) > room
        while chosen.count > 2, width(of: chosen, isBrief: isBrief) > room {
            chosen.remove(at: chosen.count - 3)
        }
        for binding in chosen {
            guard column < rect.maxX else { break }
            // What a key cannot do now is dim; pressing it tells why.
            let isOpen = model.refusal(of: binding.action) == nil
            let dim = theme.style(for: .dim)
            let start = column
            column =
                canvas.put(
                    runs: [
                        (name(of: binding), isOpen ? theme.style(for: .key) : dim),
                        (
                            " \(word(for: binding, isBrief: isBrief))",
                            isOpen ? theme.style(for: .text) : dim
                        ),
                    ], x: column, y: rect.y, in: rect) + 2
            canvas.mark(
                Rect(x: start, y: rect.y, width: column - 2 - start, height: 1),
                MouseTarget.action(binding.action))
        }
    }

    private func width(of bindings: [KeyBinding], isBrief: Bool) -> Int {
        bindings.reduce(0) {
            $0 + TextLayout.columns(name(of: $1))
                + TextLayout.columns(word(for: $1, isBrief: isBrief)) + 3
        } - 2
    }

    private func name(of binding: KeyBinding) -> String {
        binding.keys.first.map(KeyTable.name(of:)) ?? ""
    }

    private func word(for binding: KeyBinding, isBrief: Bool) -> String {
        let words = model.hintWord(for: binding)
        return isBrief ? words.split(separator: " ").first.map(String.init) ?? words : words
    }
}
