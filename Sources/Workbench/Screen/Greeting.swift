import TerminalKit

/// A few words to somebody who has not been here before; the first key puts them away and counts.
struct Greeting: Drawing {
    let model: WorkbenchModel
    let theme: Theme

    func draw(on canvas: inout Canvas, in rect: Rect) {
        let ground = theme.style(for: .dialog)
        let lines: [(BenchAction, String)] = [
            (.toggleTraining, "start training, or pause it"),
            (.show(.dashboard), "the seven views, by number"),
            (.nextPrompt, "the next prompt"),
            (.palette, "find any command by typing"),
            (.showHelp, "what everything means"),
            (.askToQuit, "leave; training may go on"),
        ]
        let frame = Rect(
            x: rect.maxX - min(rect.width, 42), y: rect.maxY - min(rect.height, lines.count + 2),
            width: min(rect.width, 42), height: min(rect.height, lines.count + 2))
        canvas.fill(frame, ground)
        canvas.box(
            frame, title: "new here?", titleRight: "any key",
            style: theme.style(for: .accent).on(ground.background),
            titleStyle: theme.style(for: .title).on(ground.background))
        let inner = frame.inset(horizontally: 2, vertically: 1)
        for (row, line) in lines.enumerated() {
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
                ], x: inner.x, y: inner.y + row, in: inner)
        }
    }
}
