/// Letters as lines, so that a picture has words without a font being installed.
///
/// A glyph lies on a grid of 0...4 across and 0...8 up, its baseline at 2: capitals reach 8, small
/// letters 6, tails 0. Each word of its text is a line, and each two digits of it are a corner.
enum StrokeLetters {
    /// Grid units from one letter to the next; at a unit of a tenth of the size that is as wide as
    /// common monospaced fonts are.
    private static let advance = 6.0
    private static let baseline = 2.0

    /// The lines of a text.
    ///
    /// - Parameters:
    ///   - size: as of a font, the distance of lines that just do not touch.
    ///   - point: where the baseline starts, has its middle or ends.
    static func strokes(
        of text: String, size: Double, anchor: Figure.Anchor, isUpright: Bool,
        at point: FigurePoint
    ) -> [[FigurePoint]] {
        let (across, up) = (0.1 * size, 0.12 * size)
        let length = Double(text.count) * advance * across
        let start =
            switch anchor {
            case .start: 0.0
            case .middle: -length / 2
            case .end: -length
            }
        return text.enumerated().flatMap { index, letter in
            lines(of: letter).map { line in
                line.map { corner in
                    // A unit of air stands on either side of a letter.
                    let x = start + (Double(index) * advance + 1 + corner.x) * across
                    let y = (corner.y - baseline) * up
                    return isUpright
                        ? FigurePoint(x: point.x - y, y: point.y - x)
                        : FigurePoint(x: point.x + x, y: point.y - y)
                }
            }
        }
    }

    private static func lines(of letter: Character) -> [[(x: Double, y: Double)]] {
        (glyphs[letter] ?? unknown).split(separator: " ").map { line in
            let digits = line.utf8.map { Double($0) - 48 }
            return stride(from: 0, to: digits.count - 1, by: 2).map { (digits[$0], digits[$0 + 1]) }
        }
    }

    /// An empty box.
    private static let unknown = "0208484202"

    private static let glyphs: [Character: String] = [
        " ": "",
        "A": "022842 1434", "B": "02083847463505 3544433202", "C": "4738180703123243",
        "D": "02082846442202", "E": "48080242 0535", "F": "480802 0535",
        "G": "47381807031232434525", "H": "0208 4248 0545", "I": "1838 2822 1232",
        "J": "4843321203", "K": "0208 480542", "L": "080242", "M": "0208254842", "N": "02084248",
        "O": "123243473818070312", "P": "02083847463505", "Q": "123243473818070312 2442",
        "R": "02083847463505 2542", "S": "473818070615354443321203", "T": "0848 2822",
        "U": "080312324348", "V": "082248", "W": "0812253248", "X": "0248 0842",
        "Y": "082548 2522", "Z": "08480242",
        "a": "4332120305163645 4642", "b": "0802 0516364543321203", "c": "4536160503123243",
        "d": "4842 4536160503123243", "e": "04444536160503123243", "f": "4738281712 0636",
        "g": "4641301001 4536160503123243", "h": "0802 0516364542", "i": "162622 1232 2828",
        "j": "3631201001 3838", "k": "0802 460442", "l": "182822 1232",
        "m": "0206 05162522 25364542", "n": "0206 0516364542", "o": "123243453616050312",
        "p": "0600 0516364543321203", "q": "4640 4536160503123243", "r": "0206 04263645",
        "s": "45361605143443321203", "t": "1813223243 0636", "u": "0603123243 4642",
        "v": "062246", "w": "0612253246", "x": "0246 0642", "y": "0622 4600", "z": "06460242",
        "0": "123243473818070312 1337", "1": "172822 1232", "2": "07183847460242",
        "3": "0718384746354443321203 1535", "4": "32380444", "5": "480805354443321203",
        "6": "4738180703123243443505", "7": "084812", "8": "15060718384746351504031232434435",
        "9": "0312324347381807061545",
        ".": "2222", ",": "2211", ":": "2222 2525", ";": "2211 2525", "-": "0545", "+": "0545 2723",
        "=": "0646 0444", "(": "38272332", ")": "18272312", "/": "0248", "|": "2820", "'": "2827",
        "\"": "1817 3837", "%": "0248 0718 4332", "<": "460442", ">": "064402", "_": "0141",
        "^": "062846", "[": "38181232", "]": "18383212", "!": "2824 2222",
        "?": "07183847462524 2222", "*": "1337 1733 0545", "~": "0516354647",
        "±": "0646 2824 0242",
    ]
}
