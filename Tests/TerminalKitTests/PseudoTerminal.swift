import Foundation
import Glibc

/// A pseudo-terminal that this process has as its controlling terminal, standard input and output.
///
/// Only for processes of their own: it takes the standard streams and never gives them back.
final class PseudoTerminal: Sendable {
    nonisolated(unsafe) static var modesBefore: [UInt8] = []
    private let controller: Int32
    private let collected: Collected

    private final class Collected: @unchecked Sendable {
        private let changed = NSCondition()
        private var bytes: [UInt8] = []
        private var ending = false

        var isEnding: Bool {
            get { changed.withLock { ending } }
            set { changed.withLock { ending = newValue } }
        }

        func add(_ more: ArraySlice<UInt8>) {
            changed.withLock {
                bytes += more
                changed.broadcast()
            }
        }

        func forget() { changed.withLock { bytes = [] } }

        func text(through mark: String) -> String {
            changed.withLock {
                let latest = Date(timeIntervalSinceNow: 10)
                while true {
                    let text = String(decoding: bytes, as: UTF8.self)
                    if text.contains(mark) || !changed.wait(until: latest) { return text }
                }
            }
        }
    }

    init(width: UInt16, height: UInt16) {
        var leader: Int32 = -1
        var follower: Int32 = -1
        var size = winsize(ws_row: height, ws_col: width, ws_xpixel: 0, ws_ypixel: 0)
        guard openpty(&leader, &follower, nil, nil, &size) == 0 else { _exit(90) }
        // Leads a process session, with this terminal as its controlling one.
        guard setsid() >= 0, ioctl(follower, UInt(TIOCSCTTY), 0) == 0 else { _exit(91) }
        dup2(follower, STDIN_FILENO)
        dup2(follower, STDOUT_FILENO)
        close(follower)
        controller = leader
        collected = Collected()
        // Read all along, so that nobody who writes has to wait.
        Thread.detachNewThread { [leader, collected] in
            var buffer = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = read(leader, &buffer, buffer.count)
                if count <= 0 || collected.isEnding {
                    close(leader)
                    return
                }
                collected.add(buffer.prefix(count))
            }
        }
    }

    var environment: [String: String] {
        ["TERM": "xterm-256color", "HOME": NSTemporaryDirectory()]
    }

    /// Everything `stty` shows, as bytes; of the output, since a crash closes the input.
    func modes() -> [UInt8] { PseudoTerminal.currentModes() }

    static func currentModes() -> [UInt8] {
        var modes = termios()
        guard tcgetattr(STDOUT_FILENO, &modes) == 0 else { return [] }
        return withUnsafeBytes(of: &modes) { Array($0) }
    }

    func type(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(controller, bytes, bytes.count)
    }

    func resize(width: UInt16, height: UInt16) {
        var size = winsize(ws_row: height, ws_col: width, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(controller, UInt(TIOCSWINSZ), &size)
    }

    /// What was written up to now, found by writing a mark after it and waiting for that.
    func output() -> String {
        let mark = "<end>"
        _ = write(STDOUT_FILENO, mark, mark.utf8.count)
        return String(collected.text(through: mark).dropLast(mark.count))
    }

    /// Forgets what was written up to now.
    func forget() {
        _ = output()
        collected.forget()
    }

    /// Closes the terminal's other side.
    ///
    /// The thread that reads has to do it: while it is inside of a read, closing has no effect.
    func hangUp() {
        collected.isEnding = true
        _ = write(STDOUT_FILENO, ".", 1)
    }
}
