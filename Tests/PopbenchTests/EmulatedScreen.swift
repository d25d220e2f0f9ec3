/// What a person would see of the bytes that a program has written to its terminal.
///
/// Knows all that the entry `xterm-256color` can say; colours and attributes are left out.
struct EmulatedScreen {
    /// The private modes that are on, by their numbers; 66 is the keypad's.
    private(set) var modes = Self.modesAtFirst
    private var grid: EmulatedGrid
    /// What is shown once the alternate screen is left.
    private var main: EmulatedGrid?
    private var saved = EmulatedGrid.Cursor()
    private var drawsLines = false
    private var newest: Unicode.Scalar?
    private var stream = TerminalStream()

    /// Text goes on in the next row, and the cursor is seen.
    private static let modesAtFirst: Set<Int> = [7, 25]
    /// The modes that stand for the alternate screen; the last keeps the cursor as well.
    private static let alternateModes: Set<Int> = [47, 1047, 1049]
    private static let keypad = 66
    private static let tab = 8

    init(width: Int, height: Int) { grid = EmulatedGrid(width: width, height: height) }

    /// Every row, without the blanks at its end.
    var lines: [String] { grid.lines }
    /// The rows as one text, in which a line that took several is whole.
    var text: String { grid.text }
    /// Columns and rows.
    var size: (width: Int, height: Int) { (grid.width, grid.height) }
    /// The cursor's column and row, from nought.
    var place: (x: Int, y: Int) { (grid.cursor.x, grid.cursor.y) }
    /// Whether the alternate screen is shown.
    var isAlternate: Bool { main != nil }

    /// Takes another size.
    mutating func resize(width: Int, height: Int) {
        grid.resize(width: width, height: height)
        main?.resize(width: width, height: height)
    }

    /// Takes in bytes, torn anywhere.
    mutating func feed(_ bytes: some Sequence<UInt8>) {
        for part in stream.take(bytes) {
            switch part {
            case .scalar(let scalar): put(drawsLines ? Self.line(scalar) : scalar)
            case .control(let byte): control(byte)
            case .escape(let kind, let last): escape(kind, last)
            case .sequence(let sequence) where sequence.kind != nil:
                // What is known of these is the soft reset.
                if sequence.last == UInt8(ascii: "p") { reset() }
            case .sequence(let sequence) where sequence.mark != nil: switchModes(sequence)
            case .sequence(let sequence): carryOut(sequence)
            }
        }
    }

    private mutating func put(_ scalar: Unicode.Scalar) {
        grid.put(scalar)
        newest = scalar
    }

    /// The line-drawing set's character of a letter.
    private static func line(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        let set = Array("◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·".unicodeScalars)
        let place = Int(scalar.value) - 0x60
        return set.indices.contains(place) ? set[place] : scalar
    }

    private mutating func control(_ byte: UInt8) {
        let place = grid.cursor
        switch byte {
        case 8: grid.go(place.x - 1, place.y)
        case 9: tab(1)
        case 10, 11, 12: grid.lineFeed()
        case 13: grid.go(0, place.y)
        default: break
        }
    }

    private mutating func tab(_ count: Int) {
        let stop = grid.cursor.x / Self.tab + count
        // Backwards from between two stops, the first is the one before.
        let isBetween = count < 0 && grid.cursor.x % Self.tab > 0
        grid.go((stop + (isBetween ? 1 : 0)) * Self.tab, grid.cursor.y)
    }

    // MARK: Sequences

    private mutating func escape(_ kind: UInt8?, _ last: UInt8) {
        switch (kind, last) {
        case (UInt8(ascii: "("), _): drawsLines = last == UInt8(ascii: "0")
        case (.some, _): break
        case (nil, UInt8(ascii: "7")): saved = grid.cursor
        case (nil, UInt8(ascii: "8")): grid.go(to: saved)
        case (nil, UInt8(ascii: "D")): grid.lineFeed()
        case (nil, UInt8(ascii: "E")):
            grid.lineFeed()
            grid.go(0, grid.cursor.y)
        case (nil, UInt8(ascii: "M")): grid.reverseLineFeed()
        case (nil, UInt8(ascii: "=")): modes.insert(Self.keypad)
        case (nil, UInt8(ascii: ">")): modes.remove(Self.keypad)
        case (nil, UInt8(ascii: "c")):
            self = EmulatedScreen(width: grid.width, height: grid.height)
        default: break
        }
    }

    private mutating func reset() {
        modes.formIntersection(Self.alternateModes)
        modes.formUnion(Self.modesAtFirst)
        let place = grid.cursor
        grid.wraps = true
        grid.inserts = false
        grid.setRegion(0, grid.height - 1)
        grid.go(to: place)
        drawsLines = false
    }

    private mutating func switchModes(_ sequence: TerminalStream.ControlSequence) {
        guard sequence.mark == UInt8(ascii: "?"), sequence.isSwitch else { return }
        let isOn = sequence.last == UInt8(ascii: "h")
        for mode in sequence.numbers.compactMap({ $0 }) {
            if isOn { modes.insert(mode) } else { modes.remove(mode) }
            switch mode {
            case 7: grid.wraps = isOn
            case 1048: if isOn { saved = grid.cursor } else { grid.go(to: saved) }
            case _ where Self.alternateModes.contains(mode):
                showAlternate(isOn, hasOwnCursor: mode == 1049)
            default: break
            }
        }
    }

    private mutating func showAlternate(_ isOn: Bool, hasOwnCursor: Bool) {
        if isOn {
            main = main ?? grid
            grid.eraseRows(0..<grid.height)
        } else if let below = main {
            let place = grid.cursor
            (grid, main) = (below, nil)
            if !hasOwnCursor { grid.go(to: place) }
        }
    }

    private mutating func carryOut(_ sequence: TerminalStream.ControlSequence) {
        let place = grid.cursor
        // Nought moves by one, as when it is left out.
        let count = max(1, sequence.number(0))
        switch sequence.last {
        case UInt8(ascii: "A"): grid.climb(-count)
        case UInt8(ascii: "B"), UInt8(ascii: "e"): grid.climb(count)
        case UInt8(ascii: "C"), UInt8(ascii: "a"): grid.go(place.x + count, place.y)
        case UInt8(ascii: "D"): grid.go(place.x - count, place.y)
        case UInt8(ascii: "E"), UInt8(ascii: "F"):
            grid.climb(sequence.last == UInt8(ascii: "E") ? count : -count)
            grid.go(0, grid.cursor.y)
        case UInt8(ascii: "G"), UInt8(ascii: "`"): grid.go(count - 1, place.y)
        case UInt8(ascii: "d"): grid.go(place.x, count - 1)
        case UInt8(ascii: "H"), UInt8(ascii: "f"):
            grid.go(max(1, sequence.number(1)) - 1, count - 1)
        case UInt8(ascii: "I"): tab(count)
        case UInt8(ascii: "Z"): tab(-count)
        case UInt8(ascii: "J"): eraseScreen(sequence.number(0, else: 0))
        case UInt8(ascii: "K"):
            let kind = sequence.number(0, else: 0)
            grid.erase(kind == 0 ? place.x : 0, kind == 1 ? place.x + 1 : grid.width)
        case UInt8(ascii: "X"): grid.erase(place.x, place.x + count)
        case UInt8(ascii: "@"): grid.insertCells(count)
        case UInt8(ascii: "P"): grid.deleteCells(count)
        case UInt8(ascii: "L"): grid.insertRows(count)
        case UInt8(ascii: "M"): grid.insertRows(-count)
        case UInt8(ascii: "S"): grid.scroll(count)
        case UInt8(ascii: "T"): grid.scroll(-count)
        case UInt8(ascii: "b"): if let newest { for _ in 0..<count { grid.put(newest) } }
        case UInt8(ascii: "r"):
            let last = sequence.number(1, else: grid.height)
            grid.setRegion(count - 1, (last > 0 ? last : grid.height) - 1)
        case UInt8(ascii: "s"): saved = place
        case UInt8(ascii: "u"): grid.go(to: saved)
        case _ where sequence.isSwitch && sequence.numbers.contains(4):
            grid.inserts = sequence.last == UInt8(ascii: "h")
        default: break
        }
    }

    private mutating func eraseScreen(_ kind: Int) {
        let place = grid.cursor
        switch kind {
        case 0:
            grid.erase(place.x, grid.width)
            grid.eraseRows((place.y + 1)..<(grid.height + 1))
        case 1:
            grid.erase(0, place.x + 1)
            grid.eraseRows(0..<place.y)
        case 2: grid.eraseRows(0..<grid.height)
        default: break
        }
    }
}

extension TerminalStream.ControlSequence {
    /// Whether modes are switched on or off.
    fileprivate var isSwitch: Bool { last == UInt8(ascii: "h") || last == UInt8(ascii: "l") }
}
