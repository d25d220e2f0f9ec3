/// Why a terminal cannot be used.
public enum TerminalError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Standard input or output is not a terminal.
    case notATerminal(stream: String)
    /// The terminal cannot place text: `TERM` is unset or `dumb`.
    case dumb(term: String)
    /// There is no description of the terminal.
    case unknownTerminal(term: String)
    /// A call of the system failed.
    case system(call: String, number: Int32)

    /// One line: what is missing and what to do.
    public var description: String {
        switch self {
        case .notATerminal(let stream):
            "\(stream) is not a terminal; use popbench run --headless to train without a screen"
        case .dumb(let term):
            (term.isEmpty ? "TERM is not set" : "TERM=\(term) cannot place text")
                + "; set TERM (for example to xterm-256color), or use popbench run --headless to train without "
                + "a screen"
        case .unknownTerminal(let term):
            "no terminfo entry for TERM=\(term); install ncurses-term or set TERM to a known one, "
                + "or use popbench run --headless to train without a screen"
        case .system(let call, let number):
            "\(call) failed (error \(number)); use popbench run --headless to train without a screen"
        }
    }
}
