import BenchProtocol
import TerminalKit

/// Everything that can happen to the screen.
public enum WorkbenchInput: Sendable {
    /// The person pressed a key or used the mouse.
    case key(Key)
    /// The engine said something.
    case event(Event)
    /// A link to an engine is up, for the first time or again.
    case attached
    /// The engine's line broke, or its process died; only the line in use may say so.
    case engineLost(reason: String, lastLogLines: [String])
    /// The terminal has this size now.
    case resized(width: Int, height: Int)
    /// What the frame just drawn marked for the mouse.
    case drawn([HitArea])
    /// A view is to be shown, by whoever opened the screen.
    case show(BenchView)
    /// Something is to be done, by whoever opened the screen.
    case perform(BenchAction)
    /// The time of day, in seconds since 1970.
    case clock(Double)
    /// The person has not used the screen before: a few words are in place.
    case newcomer
    /// Something outside the engine is worth a line: a theme that cannot be read, a picture written.
    case note(LogLine.Level, String)
    /// What an earlier screen of the session had reported.
    case earlierLog([LogLine])
    /// What came of a request about sessions.
    case sessions(SessionNews)

    /// Whether it is the engine's own word, which the engine keeps.
    var isEvent: Bool { if case .event = self { true } else { false } }

    /// Whether it is about the engine that the screen is joined to.
    var isFromEngine: Bool {
        switch self {
        case .event, .attached, .engineLost: true
        case .key, .resized, .drawn, .show, .perform, .clock, .note, .sessions, .newcomer,
            .earlierLog:
            false
        }
    }
}

/// What the screen wants done; the only way anything leaves the model.
public enum WorkbenchEffect: Sendable, Equatable {
    /// Tell the engine.
    case send(Command)
    /// Leave the screen.
    case quit(QuitMode)
    /// Draw with the theme of this name from now on.
    case useTheme(String)
    /// Begin with the theme of this name next time.
    case rememberTheme(String)
    /// Greet nobody next time.
    case rememberGreeting
    /// Write the screen as it stands to a picture.
    case exportPicture
    /// Write a file to the session's folder of exports.
    case write(ExportedFile)
    /// Start the engine again from its last save and join it.
    case attachAgain
    /// Give the terminal back until the process is continued.
    case suspend
    /// Have something done with sessions.
    case sessions(SessionRequest)
    /// Join another session's engine.
    ///
    /// `starts` begins training where the engine has to be started, `stops` has the present one
    /// save and stop.
    case open(SessionPlace, starts: Bool, stops: Bool)
}

/// How the screen is left.
public enum QuitMode: Sendable, Equatable {
    /// The engine has saved and said goodbye.
    case stopped
    /// The engine trains on.
    case leaveTraining
    /// There is no engine any more.
    case engineGone
}
