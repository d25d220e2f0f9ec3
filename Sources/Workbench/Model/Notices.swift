import BenchProtocol
import TerminalKit

extension WorkbenchModel {
    /// Shows a line of news.
    ///
    /// - Parameter isKept: whether other good news waits until this has had its time, as where a file
    ///   was written; answers to keys, warnings and errors do not wait.
    mutating func announce(_ level: LogLine.Level, _ text: String, isKept: Bool = false) {
        let isGood = level != .error && level != .warning
        // A piece of good news does not hide an error that nobody has put away.
        if let notice, notice.level == .error, isGood { return }
        let news = Notice(level: level, text: text, since: now, isKept: isKept)
        if let notice, notice.isKept, isGood, !isKept, !isAnswering,
            now < notice.expires ?? .infinity
        {
            waitingNotice = news
        } else {
            notice = news
        }
    }

    /// Shows a line of news and keeps it in the log.
    mutating func report(_ level: LogLine.Level, _ text: String, isKept: Bool = false) {
        append(LogLine(level: level, message: text, time: now))
        announce(level, text, isKept: isKept)
    }

    mutating func append(_ line: LogLine) {
        log.append(line)
        appendedLogLines += 1
        if log.count > WorkbenchModel.logCapacity {
            droppedLogLines += log.count - WorkbenchModel.logCapacity
            log.removeFirst(log.count - WorkbenchModel.logCapacity)
        }
    }

    /// Takes a notice away whose time is over; what waited for it comes.
    mutating func ageNotice() {
        if let notice {
            guard let expires = notice.expires, now >= expires else { return }
        }
        notice = waitingNotice.map { waiting in
            var waiting = waiting
            waiting.since = now
            return waiting
        }
        waitingNotice = nil
    }

    /// Tells of a key that means nothing here, now and then.
    mutating func noteStrayKey(_ key: Key) {
        guard overlay == nil, now - strayKeyTold >= 2 || now < strayKeyTold else { return }
        switch key {
        case .character, .function, .control, .insert, .delete: break
        default: return
        }
        // Something that is worth reading is not worth hiding for this.
        if let notice, notice.level != .info || notice.isKept { return }
        let help = keys.keyName(for: .showHelp, in: view.keyContext)
        strayKeyTold = now
        announce(
            .info,
            "\(KeyTable.name(of: key)) does nothing here"
                + (help.isEmpty ? "" : "; \(help) lists the keys"))
    }
}

/// A line of news in the columns there are.
package enum NoticeText {
    /// The text with the folders of its paths left out as far as it has to be: the end of a path is
    /// what somebody looks for.
    package static func fitted(_ text: String, to width: Int) -> String {
        guard TextLayout.exceeds(text, width) else { return text }
        var words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        for index in words.indices where words[index].split(separator: "/").count > 1 {
            let rest = text.count - words[index].count
            words[index] = path(words[index], to: max(8, width - rest))
            let shown = words.joined(separator: " ")
            if !TextLayout.exceeds(shown, width) { return shown }
        }
        return TextLayout.clipped(words.joined(separator: " "), to: width)
    }

    /// A path cut to a width: folders go first, from the front, then the middle of the name.
    private static func path(_ path: String, to width: Int) -> String {
        let parts = path.split(separator: "/").map(String.init)
        for count in (1...min(3, parts.count)).reversed() {
            let shown = "…/" + parts.suffix(count).joined(separator: "/")
            if !TextLayout.exceeds(shown, width) { return shown }
        }
        let name = Array(parts.last ?? "")
        let tail = max(1, (width - 3) * 2 / 3)
        let head = max(0, width - 3 - tail)
        return "…/" + String(name.prefix(head)) + "…" + String(name.suffix(tail))
    }
}
