/// Numbers for pairs of foreground and background, as curses wants them.
///
/// Curses has a limited number of pairs and never gives one back for another use without repainting
/// what shows it. So pairs are numbered as they come, and all are forgotten together when the end is
/// near: see `needsReset`. Pair 0 is the terminal's own colours.
public struct ColorPairs: Sendable {
    private struct Pair: Hashable {
        let foreground: Int32
        let background: Int32
    }

    /// What a pair got.
    public struct Number: Hashable, Sendable {
        /// The pair's number.
        public let number: Int
        /// Whether it is new, and has to be told to curses.
        public let isNew: Bool

        /// Makes an answer.
        public init(number: Int, isNew: Bool) {
            self.number = number
            self.isNew = isNew
        }
    }

    /// The numbers there are: 0 to one less than this.
    public let capacity: Int
    private var numbers: [Pair: Int] = [:]
    /// One pair of each foreground, for when there are no numbers left.
    private var substitutes: [Int32: Int] = [:]

    /// Makes an empty table; `capacity` is curses' number of pairs, pair 0 included.
    public init(capacity: Int) { self.capacity = max(capacity, 1) }

    /// The pairs in use, pair 0 not counted.
    public var count: Int { numbers.count }

    /// Whether three quarters are in use: time to start anew when there is time.
    public var needsReset: Bool { count >= (capacity - 1) * 3 / 4 && count > 0 }

    /// Whether no new pair can be had.
    public var isFull: Bool { count >= capacity - 1 }

    /// The number of a pair of colours; -1 is the terminal's own.
    ///
    /// With no number left the answer is some pair of the same foreground, or pair 0: a wrong
    /// colour until the next reset, and never a number curses does not have.
    public mutating func number(foreground: Int32, background: Int32) -> Number {
        if foreground < 0, background < 0 { return Number(number: 0, isNew: false) }
        let pair = Pair(foreground: foreground, background: background)
        if let number = numbers[pair] { return Number(number: number, isNew: false) }
        if isFull { return Number(number: substitutes[foreground] ?? 0, isNew: false) }
        let number = numbers.count + 1
        numbers[pair] = number
        if substitutes[foreground] == nil { substitutes[foreground] = number }
        return Number(number: number, isNew: true)
    }

    /// Forgets all pairs; everything on the screen has to be painted again.
    public mutating func reset() {
        numbers.removeAll(keepingCapacity: true)
        substitutes.removeAll(keepingCapacity: true)
    }
}
