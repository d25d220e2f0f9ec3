import BenchProtocol
import TerminalKit

/// What lies over the view and waits for an answer.
struct OverlayView: Drawing {
    let model: WorkbenchModel
    let theme: Theme

    func draw(on canvas: inout Canvas, in rect: Rect) {
        switch model.overlay {
        case nil, .palette, .themes, .help, .export, .text, .quantities, .sessions(.recipes),
            .sessions(.form):
            break
        case .quit:
            ask("quit", [quitQuestion], context: .quitDialog, on: &canvas, in: rect)
        case .stopping:
            ask(
                "saving and stopping",
                ["The engine saves and ends; this screen closes when it has."],
                context: .stopping, on: &canvas, in: rect)
        case .engineLost: drawEngineLost(on: &canvas, in: rect)
        case .confirm(.collect):
            ask(
                "collect populations",
                [
                    "Sample winner and loser populations anew from the base model? "
                        + "Training waits until it is done, and the old ones are replaced."
                ], context: .confirmation, on: &canvas, in: rect)
        case .confirm(.trashSession(let place)):
            ask(
                "delete \(place.name)",
                [
                    "Move \(place.name) to the trash? Its training, weights and curves go with it; "
                        + "\(model.keys.keyName(for: .sessions(.undo), in: .sessions)) in the "
                        + "sessions view brings it back."
                ], context: .confirmation, on: &canvas, in: rect)
        case .sessions(.opening(let place, _)):
            let present = model.state?.session ?? "this session"
            ask(
                "open \(place.name)",
                [
                    "\(present) is training. It can go on without a screen, slower while both train, "
                        + "or be saved and stopped."
                ], context: .opening, on: &canvas, in: rect)
        case .confirm(.exportWeights(let lane, let path)):
            ask(
                "export weights",
                ["Write the weights of \(lane) as a diffusers pipeline to \(path)?"],
                context: .confirmation, on: &canvas, in: rect)
        }
    }

    private var quitQuestion: String {
        guard model.trainingIntended else {
            return "The session is not training. Save and stop its engine, or leave it waiting? "
                + "Left alone, it saves and ends by itself."
        }
        let saved = model.state?.savedStep.map { "The last save is of step \($0). " } ?? ""
        return saved + "Save and stop, or leave it training without a screen?"
    }

    // MARK: Questions

    private func ask(
        _ title: String, _ paragraphs: [String], context: KeyContext, warning: Bool = false,
        on canvas: inout Canvas, in rect: Rect
    ) {
        let width = min(rect.width, 64)
        let keys = model.keys.hints(in: context)
        let text = paragraphs.flatMap { TextLayout.wrapped($0, to: max(1, width - 4)) }
        let room = max(0, rect.height - 3 - keys.count)
        let lines = text.prefix(room)
        let needed = lines.count + keys.count + 3
        // A single row left over would show the frame below as a second edge of this one.
        let frame = rect.centered(
            width: width, height: rect.height - needed == 1 ? rect.height : needed)
        let ground = theme.style(for: .dialog)
        canvas.fill(frame, ground)
        canvas.box(
            frame, title: title,
            style: theme.style(for: warning ? .error : .accent).on(ground.background),
            titleStyle: theme.style(for: warning ? .error : .title).on(ground.background))
        let inner = frame.inset(horizontally: 2, vertically: 1)
        for (row, line) in lines.enumerated() where row < inner.height {
            canvas.put(
                line, x: inner.x, y: inner.y + row, style: ground, maxWidth: inner.width)
        }
        for (row, binding) in keys.enumerated() {
            let y = inner.maxY - keys.count + row
            canvas.put(
                runs: [
                    (
                        TextLayout.padded(
                            binding.keys.first.map(KeyTable.name(of:)) ?? "", to: 5),
                        theme.style(for: .key).on(ground.background)
                    ), (model.hintWord(for: binding), ground),
                ], x: inner.x, y: y, in: inner)
            canvas.mark(
                Rect(x: inner.x, y: y, width: inner.width, height: 1),
                MouseTarget.action(binding.action))
        }
    }

    private func drawEngineLost(on canvas: inout Canvas, in rect: Rect) {
        let save =
            model.state?.savedStep.map {
                "The last save is of step \($0); nothing before it is lost."
            }
            ?? "Nothing was saved yet."
        switch model.engine {
        case .left(let goodbye):
            ask(
                "the engine has left",
                ["It said: \(goodbye.reason) (step \(goodbye.step)).", save],
                context: .engineLost, on: &canvas, in: rect)
        case .lost(let reason, let lines):
            // The newest lines are the ones that tell; the oldest give way first.
            let room = max(0, rect.height - 9)
            let tail = lines.suffix(min(room, 12)).map { "│ " + TextLayout.clipped($0, to: 58) }
            ask(
                "the engine is gone", [reason] + tail + [save], context: .engineLost, warning: true,
                on: &canvas, in: rect)
        case .connecting, .attached, .stopping:
            ask("no engine", [save], context: .engineLost, on: &canvas, in: rect)
        }
    }
}
