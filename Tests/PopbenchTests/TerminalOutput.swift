import Foundation

/// What the programs in a terminal have written so far, and the screen that it makes.
final class TerminalOutput: @unchecked Sendable {
    private let changed = NSCondition()
    private var screen: EmulatedScreen
    private var newest: [UInt8] = []
    private var isOver = false

    /// How many of the newest bytes are kept for who wants to know why a screen is as it is.
    private static let kept = 600

    init(width: Int, height: Int) { screen = EmulatedScreen(width: width, height: height) }

    /// The screen as it is now.
    var shown: EmulatedScreen { changed.withLock { screen } }

    /// The screen as text, and what was written last: what a failure has to tell.
    var description: String {
        changed.withLock {
            let rim = "+" + String(repeating: "-", count: screen.size.width)
            let written = String(decoding: newest, as: UTF8.self).unicodeScalars
                .map { $0.value < 32 || $0.value == 127 ? $0.escaped(asASCII: true) : String($0) }
            return """

                \(screen.size.width)x\(screen.size.height), the cursor at \(screen.place), \
                modes \(screen.modes.sorted())\(isOver ? ", nobody is left in it" : "")
                \(rim)
                \(screen.lines.map { "|" + $0 }.joined(separator: "\n"))
                \(rim)
                written last: \(written.joined())
                """
        }
    }

    /// Takes in what was written.
    func take(_ bytes: ArraySlice<UInt8>) {
        changed.withLock {
            screen.feed(bytes)
            newest = Array((newest + bytes.suffix(Self.kept)).suffix(Self.kept))
            changed.broadcast()
        }
    }

    /// Notes that nothing more will come.
    func end() {
        changed.withLock {
            isOver = true
            changed.broadcast()
        }
    }

    /// Takes another size, and tells the programs while nothing can be taken in.
    func resize(width: Int, height: Int, tell: () -> Void) {
        changed.withLock {
            screen.resize(width: width, height: height)
            tell()
            changed.broadcast()
        }
    }

    /// Waits until something holds of the screen.
    ///
    /// - Returns: false where the time is over, or nobody is left who could change the screen.
    func wait(until latest: Date, _ holds: (EmulatedScreen) -> Bool) -> Bool {
        changed.withLock {
            while !holds(screen) {
                if isOver || !changed.wait(until: latest) { return holds(screen) }
            }
            return true
        }
    }

    /// Waits until nothing more will come.
    func waitForEnd(until latest: Date) {
        changed.withLock { while !isOver, changed.wait(until: latest) {} }
    }
}
