import BenchProtocol
import TerminalKit

/// A question that is answered by typing a line.
public struct TextQuestion: Sendable, Equatable {
    /// What the answer is for; views add their own.
    public enum Purpose: Sendable, Equatable {
        /// Any prompt at all, to sample from the base and every lane.
        case samplePrompt
        /// Words that lines of the log have to contain.
        case logFilter
        /// Words that listed sessions have.
        case filterSessions
        /// Another name for the session in that folder.
        case renameSession(path: String)
        /// A note on the session in that folder.
        case noteSession(path: String)
        /// Tags of the session in that folder.
        case tagSession(path: String)
        /// A name to keep a recipe under.
        case saveRecipe(text: String)
    }

    /// What it is for.
    public var purpose: Purpose
    /// What stands in the frame.
    public var title: String
    /// What has been typed.
    public var input: TextInput
    /// Why the line cannot be taken as it is; nil when it can, or when nobody has tried.
    public var problem: String?
    /// What lies beneath and is come back to; nil for the view.
    public var returning: SessionsOverlay?

    /// Makes a question with a line to start from.
    public init(_ purpose: Purpose, title: String, text: String = "") {
        self.purpose = purpose
        self.title = title
        input = TextInput(text)
    }
}

extension WorkbenchModel {
    /// Takes the typed line for what it was asked for.
    mutating func answer(_ question: TextQuestion) -> [WorkbenchEffect] {
        let text = question.input.text.trimmed
        switch question.purpose {
        case .logFilter:
            overlay = nil
            logging.filter.words = text
            return []
        case .samplePrompt:
            guard !text.isEmpty else {
                return demand("a prompt, such as \"a pilot\", comes first; esc leaves", question)
            }
            return samplePrompt(text)
        case .renameSession where text.isEmpty, .saveRecipe where text.isEmpty:
            return demand("a name comes first; esc leaves", question)
        case .filterSessions, .renameSession, .noteSession, .tagSession, .saveRecipe:
            return answer(text, to: question.purpose, returning: question.returning)
        }
    }
}

extension WorkbenchModel {
    /// Says why a line cannot be taken as it is.
    private mutating func demand(
        _ reason: String, _ question: TextQuestion
    ) -> [WorkbenchEffect] {
        var refused = question
        refused.problem = reason
        overlay = .text(refused)
        return []
    }
}

extension String {
    /// The text without blanks at its ends.
    var trimmed: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}

/// A typed question in a frame.
struct TextQuestionView: Drawing {
    let question: TextQuestion
    let theme: Theme

    func draw(on canvas: inout Canvas, in rect: Rect) {
        let ground = theme.style(for: .dialog)
        let problem = question.problem.map { TextLayout.wrapped($0, to: min(rect.width, 72) - 4) }
        let frame = rect.centered(
            width: min(rect.width, 72), height: 3 + (problem?.count ?? 0))
        canvas.fill(frame, ground)
        canvas.box(
            frame, title: question.title, titleRight: "enter  esc",
            style: theme.style(for: .accent).on(ground.background),
            titleStyle: theme.style(for: .title).on(ground.background))
        let inner = frame.inset(horizontally: 2, vertically: 1)
        canvas.draw(TextInputView(question.input, style: ground), in: inner)
        for (row, line) in (problem ?? []).enumerated() where row + 1 < inner.height {
            canvas.put(
                line, x: inner.x, y: inner.y + 1 + row,
                style: theme.style(for: .error).on(ground.background), maxWidth: inner.width)
        }
    }
}
