import TerminalKit

/// A few words to somebody who has not been here before; the first key puts them away and does nothing
/// else.
struct Greeting: Drawing {
    let model: WorkbenchModel
    let theme: Theme

    func draw(on canvas: inout Canvas, in rect: Rect) {
        let ground = theme.style(for: .dialog)
        let lines: [(BenchAction, String)] = [
            (
                .toggleTraining,
                model.trainingIntended ? "pauses training, which has begun" : "starts training"
            ),
            (.evaluate, "measures how fair each lane is"),
            (.show(.dashboard), "the seven views, by number"),
            (.nextPrompt, "the next prompt"),
            (.palette, "finds any command by typing"),
            (.showHelp, "what everything means"),
            (.askToQuit, "leaves; training may go on"),
        ]
        // What is on the screen, before what one can do with it.
        let words = [
            "Lanes train side by side from one base,",
            "on the same pictures and noise. D says how",
            "uneven a prompt's people are: 0 is fair.",
        ]
        let width = min(rect.width, 48)
        let height = min(rect.height, words.count + lines.count + 3)
        let frame = Rect(
            x: rect.maxX - width, y: rect.maxY - height, width: width, height: height)
        canvas.fill(frame, ground)
        canvas.box(
            frame, title: "new here?", titleRight: "any key closes this",
            style: theme.style(for: .accent).on(ground.background),
            titleStyle: theme.style(for: .title).on(ground.background))
        let inner = frame.inset(horizontally: 2, vertically: 1)
        for (row, text) in words.enumerated() {
            canvas.put(
                text, x: inner.x, y: inner.y + row,
                style: theme.style(for: .dim).on(ground.background), maxWidth: inner.width)
        }
        for (row, line) in lines.enumerated() where row + words.count + 1 < inner.height {
            let binding = model.keys.bindings.first {
                $0.context == .everywhere && $0.action == line.0
            }
            let isRange = line.0 == .show(.dashboard)
            let name =
                binding.map { binding in
                    isRange
                        ? model.keys.names(of: binding)
                        : binding.keys.first.map(KeyTable.name(of:)) ?? ""
                } ?? ""
            canvas.put(
                runs: [
                    (
                        TextLayout.padded(name, to: 7),
                        theme.style(for: .key).on(ground.background)
                    ), (line.1, ground),
                ], x: inner.x, y: inner.y + words.count + 1 + row, in: inner)
        }
    }
}
