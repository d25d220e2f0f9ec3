import Foundation
import TerminalKit

/// What the doctor looks at on the screen's side.
enum TerminalChecks {
    /// The smallest screen that shows every panel.
    static let smallest = (width: 80, height: 24)

    /// All of them.
    static func all(_ environment: [String: String]) -> [Finding] {
        [terminal(environment), colours(environment), characters(environment)]
    }

    private static func terminal(_ environment: [String: String]) -> Finding {
        let term = environment["TERM"] ?? ""
        var details = ["term": term]
        do {
            try CursesTerminal.check(environment: environment)
        } catch TerminalError.notATerminal(let stream) {
            return .warning(
                "terminal", "\(stream) is not a terminal",
                advice: "fine for popbench run --headless; the workbench needs a terminal", details)
        } catch {
            return .problem("terminal", error)
        }
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return .warning(
                "terminal", "\(term), of a size that it does not tell",
                advice: "80x24 is assumed; stty cols 120 rows 40 tells another one", details)
        }
        let (width, height) = (Int(size.ws_col), Int(size.ws_row))
        details["width"] = "\(width)"
        details["height"] = "\(height)"
        let summary = "\(term), \(width)x\(height)"
        guard width >= smallest.width, height >= smallest.height else {
            return .warning(
                "terminal", summary,
                advice: "make it at least \(smallest.width)x\(smallest.height) to see all panels",
                details)
        }
        return .ok("terminal", summary, details)
    }

    private static func colours(_ environment: [String: String]) -> Finding {
        let depth = CursesTerminal.probe(color: nil, environment: environment).depth
        let details = ["depth": depth.rawValue, "colorterm": environment["COLORTERM"] ?? ""]
        switch depth {
        case .direct: return .ok("colours", "24-bit", details)
        case .palette256:
            let isPromised = ColorDepth.hasDirectColor(environment)
            return .ok(
                "colours",
                isPromised
                    ? "256; for 24-bit install ncurses-bin, whose tic makes the entry"
                    : "256; where the terminal can do more, COLORTERM=truecolor says so", details)
        case .palette16, .palette8:
            return .warning(
                "colours", depth == .palette16 ? "16" : "8",
                advice: "pictures are hard to see; set TERM to an entry with 256colors", details)
        case .mono:
            let isWished = !(environment["NO_COLOR"] ?? "").isEmpty
            return .warning(
                "colours", isWished ? "none, as NO_COLOR asks" : "none",
                advice: isWished
                    ? "unset NO_COLOR to see pictures"
                    : "pictures cannot be shown; set TERM to an entry with 256colors", details)
        }
    }

    private static func characters(_ environment: [String: String]) -> Finding {
        let wanted =
            ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }
            .first { !$0.isEmpty } ?? "POSIX"
        let details = ["locale": wanted]
        func isUTF8(_ locale: String) -> Bool {
            guard setlocale(LC_CTYPE, locale) != nil else { return false }
            return String(cString: nl_langinfo(nl_item(CODESET))) == "UTF-8"
        }
        defer { setlocale(LC_CTYPE, "C") }
        if isUTF8("") { return .ok("characters", "UTF-8 (\(wanted))", details) }
        if isUTF8("C.UTF-8") {
            return .ok("characters", "UTF-8: C.UTF-8 in place of locale \(wanted)", details)
        }
        return .problem(
            "characters", "neither locale \(wanted) nor C.UTF-8 gives UTF-8",
            advice: "install a UTF-8 locale (Debian package locales) and set LANG to it", details)
    }
}
