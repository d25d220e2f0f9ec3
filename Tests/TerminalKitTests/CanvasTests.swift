import TerminalKit
import Testing

@Suite("Canvas")
struct CanvasTests {
    @Test("random texts, boxes and fills leave a sound canvas with no line wider than it")
    func randomDrawing() {
        var random = RandomSource(seed: 1)
        for _ in 0..<400 {
            let width = random.int(0...30)
            let height = random.int(0...8)
            var canvas = Canvas(width: width, height: height)
            for _ in 0..<25 {
                let text = random.text(upTo: 20)
                let x = random.int(-25...width + 3)
                let y = random.int(-2...height + 2)
                switch random.int(0...4) {
                case 0: canvas.put(text, x: x, y: y, style: .plain)
                case 1:
                    let limit = random.int(-1...15)
                    let used = canvas.put(text, x: x, y: y, style: .plain, maxWidth: limit)
                    #expect(used <= max(limit, 0))
                case 2:
                    canvas.box(
                        random.rect(around: width, height), title: text, titleRight: text,
                        style: .plain)
                case 3: canvas.fill(random.rect(around: width, height), .plain)
                default: canvas[x, y] = Cell(text.first ?? "x")
                }
            }
            #expect(isSound(canvas))
            let lines = canvas.plainText().split(
                separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.count == height + 1)
            #expect(lines.allSatisfy { GlyphWidth.columns(of: String($0)) <= width })
            #expect(lines.allSatisfy { $0.last != " " })
        }
    }

    @Test("a text with a limit touches no cell beyond the limit")
    func limitedText() {
        var random = RandomSource(seed: 2)
        let mark = Style(foreground: Color(hex: 0xFF0000))
        for _ in 0..<500 {
            var canvas = Canvas(width: 20, height: 1)
            let x = random.int(-5...19)
            let limit = random.int(0...12)
            canvas.put(random.text(upTo: 16), x: x, y: 0, style: mark, maxWidth: limit)
            for column in 0..<20 where column < x || column >= x + limit {
                #expect(canvas[column, 0] == .blank)
            }
        }
    }

    @Test("a text that is too long ends in an ellipsis, one that fits does not")
    func ellipsis() {
        var canvas = Canvas(width: 12, height: 4)
        #expect(canvas.put("population", x: 0, y: 0, style: .plain, maxWidth: 5) == 5)
        #expect(canvas.put("popul", x: 0, y: 1, style: .plain, maxWidth: 5) == 5)
        #expect(canvas.put("世界世界", x: 0, y: 2, style: .plain, maxWidth: 4) == 3)
        canvas.put("abc", rightAlignedTo: 12, y: 3, style: .plain, maxWidth: 8)
        #expect(canvas.plainText() == "popu…\npopul\n世…\n         abc\n")
    }

    @Test("writing over half of a wide glyph blanks the other half")
    func halfCovered() {
        var canvas = Canvas(width: 4, height: 1)
        canvas.put("世界", x: 0, y: 0, style: .plain)
        canvas.put("x", x: 1, y: 0, style: .plain)
        #expect(canvas.plainText() == " x界\n")
        canvas.put("y", x: 2, y: 0, style: .plain)
        #expect(canvas.plainText() == " xy\n")
        canvas.put("界", x: 3, y: 0, style: .plain)
        #expect(canvas.plainText() == " xy\n")
    }

    @Test("escape sequences in a text never reach a cell")
    func controls() {
        var canvas = Canvas(width: 16, height: 1)
        canvas.put("a\u{1B}[31mb\u{202E}c", x: 0, y: 0, style: .plain)
        #expect(canvas.plainText() == "a\u{FFFD}[31mbc\n")
    }

    @Test("a box has its titles in the upper edge, and cuts them before it breaks")
    func box() {
        var canvas = Canvas(width: 20, height: 3)
        canvas.box(canvas.bounds, title: "loss", titleRight: "0.9", style: .plain)
        #expect(
            canvas.plainText() == """
                ╭ loss ─────── 0.9 ╮
                │                  │
                ╰──────────────────╯

                """)
        canvas = Canvas(width: 9, height: 2)
        canvas.box(canvas.bounds, title: "gradient field", titleRight: "x", style: .plain)
        #expect(canvas.plainText() == "╭ gra… ─╮\n╰───────╯\n")
    }
}

@Suite("Rectangles")
struct RectTests {
    @Test("every split of every size from 0 x 0 covers the rectangle once and stays inside")
    func splits() {
        var random = RandomSource(seed: 3)
        for width in 0...40 {
            for height in 0...12 {
                let rect = Rect(x: 3, y: -2, width: width, height: height)
                let cut = random.int(-3...45)
                let weights = (0..<random.int(1...5)).map { _ in random.int(0...4) } + [1]
                let pairs = [rect.splitLeft(cut), rect.splitRight(cut)]
                for (one, other) in pairs + [rect.splitTop(cut), rect.splitBottom(cut)] {
                    expectPartition([one, other], of: rect)
                }
                expectPartition(rect.rows(weights), of: rect)
                expectPartition(rect.columns(weights), of: rect)
                for inner in [
                    rect.inset(by: cut), rect.centered(width: cut, height: cut + 1),
                    rect.intersection(Rect(x: cut, y: 0, width: 5, height: 5)),
                ] where !inner.isEmpty {
                    #expect(inner.intersection(rect) == inner)
                }
            }
        }
    }

    private func expectPartition(_ parts: [Rect], of whole: Rect) {
        #expect(parts.reduce(0) { $0 + $1.width * $1.height } == whole.width * whole.height)
        for (index, part) in parts.enumerated() where !part.isEmpty {
            #expect(part.intersection(whole) == part)
            for other in parts.dropFirst(index + 1) { #expect(part.intersection(other).isEmpty) }
        }
    }
}
