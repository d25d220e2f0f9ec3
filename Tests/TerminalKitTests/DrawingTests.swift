import Foundation
import TerminalKit
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite("Drawings")
struct DrawingTests {
    private func drawings(_ random: inout RandomSource) -> [any Drawing] {
        let style = Style(foreground: random.color())
        let points = random.values(random.int(0...60)).enumerated().map {
            ChartPoint(x: Double($0.offset), y: $0.element)
        }
        let names = (0..<random.int(0...6)).map { _ in random.text(upTo: 8) }
        let side = random.int(1...24)
        let pixels = (0..<side * side * 3).map { _ in UInt8(random.int(0...255)) }
        var drawings: [any Drawing] = [
            BrailleChart(
                series: names.map {
                    ChartSeries(label: $0, raw: points, smoothing: 0.9, style: style)
                }, yRange: random.int(0...1) == 0 ? nil : -1...1,
                yScale: AxisScale.allCases[random.int(0...2)], xLabel: random.text(upTo: 5),
                cursor: random.double(-5...70), axisStyle: style),
            BarHistogram(
                categories: names,
                series: names.map { BarSeries(label: $0, values: random.values(4), style: style) },
                marks: random.values(3)),
            Gauge(
                fraction: random.values(1)[0], label: random.text(upTo: 9), style: style,
                trackStyle: style),
            Sparkline(random.values(random.int(0...50)), style: style),
            TableView(
                columns: names.map { TableColumn($0, isFlexible: random.int(0...2) == 0) },
                rows: (0..<random.int(0...9)).map { _ in
                    names.map { TableCell($0, style: style) }
                }, selected: random.int(0...1) == 0 ? nil : random.int(-2...12)),
            ArrowField(
                columns: random.int(0...9), rows: random.int(0...9),
                vectors: random.values(40).map { .init(dx: $0, dy: 1 - $0, style: style) },
                points: random.values(3).map { FieldPoint(x: $0, y: $0, style: style) }),
            Dialog(
                title: random.text(upTo: 9), text: random.text(upTo: 60),
                choices: names.map { DialogChoice(key: "k", label: $0) }, style: style),
        ]
        if let image = PixelImage(width: side, height: side, rgb: pixels) {
            drawings.append(CellImage.halfBlocks(image))
            drawings.append(CellImage.fitted(image, columns: 9, rows: 5, depth: .direct))
            drawings.append(CellImage.fitted(image, columns: 9, rows: 5, depth: .mono))
        }
        return drawings
    }

    @Test("nothing draws outside of its rectangle, whatever its size and place")
    func containment() {
        var random = RandomSource(seed: 12)
        let paper = Style(background: Color(hex: 0x010203))
        for round in 0..<150 {
            for drawing in drawings(&random) {
                let width = random.int(0...40)
                let height = random.int(0...14)
                var canvas = Canvas(width: width, height: height, style: paper)
                let rect = random.rect(around: width, height)
                canvas.draw(Erased(drawing), in: rect)
                #expect(isSound(canvas))
                for y in 0..<height {
                    for x in 0..<width where !rect.contains(x: x, y: y) {
                        #expect(
                            canvas[x, y] == Cell(" ", style: paper),
                            "\(type(of: drawing)) in \(rect), round \(round)")
                    }
                }
            }
        }
    }

    private struct Erased: Drawing {
        let drawing: any Drawing
        init(_ drawing: any Drawing) { self.drawing = drawing }
        func draw(on canvas: inout Canvas, in rect: Rect) { drawing.draw(on: &canvas, in: rect) }
    }

    @Test("a picture of 32 x 32 pixels is exact in 32 x 16 cells")
    func exactPicture() throws {
        var random = RandomSource(seed: 13)
        let rgb = (0..<32 * 32 * 3).map { _ in UInt8(random.int(0...255)) }
        let image = try #require(PixelImage(width: 32, height: 32, rgb: rgb))
        let cells = CellImage.fitted(image, columns: 32, rows: 16, depth: .direct)
        var canvas = Canvas(width: 32, height: 16)
        canvas.draw(cells, in: canvas.bounds)
        for y in 0..<32 {
            for x in 0..<32 {
                let style = canvas[x, y / 2].style
                let color = y % 2 == 0 ? style.foreground : style.background
                #expect(color == image.color(x: x, y: y))
            }
        }
        #expect(PixelImage(width: 32, height: 31, rgb: rgb) == nil)
        #expect(PixelImage(width: -1, height: -3, rgb: [0, 0, 0, 0, 0, 0, 0, 0, 0]) == nil)
    }

    @Test("a shrunk picture keeps its colours where they are")
    func shrunkPicture() throws {
        // Red above blue.
        let rgb = (0..<32).flatMap { y in
            (0..<32).flatMap { _ in y < 16 ? [200, 0, 0] : [0, 0, 200] as [UInt8] }
        }
        let image = try #require(PixelImage(width: 32, height: 32, rgb: rgb))
        let cells = CellImage.fitted(image, columns: 16, rows: 8, depth: .direct)
        #expect(cells.width == 16 && cells.height == 8)
        for (index, cell) in cells.cells.enumerated() {
            let colors = cell.glyph == "█" ? [cell.style.foreground] : [cell.style.background]
            for color in colors.compactMap({ $0 }) {
                #expect(index < 16 * 4 ? color.red > 150 : color.blue > 150)
            }
        }
    }

    @Test("bars stand beside each other on one scale, with the mark at the uniform share")
    func histogram() {
        var canvas = Canvas(width: 30, height: 3)
        canvas.draw(
            BarHistogram(
                categories: ["man", "woman"],
                series: [
                    BarSeries(label: "base", values: [1, 0.25], style: .plain, isShaded: true),
                    BarSeries(label: "lane 1", values: [0.5, 0.55], style: .plain),
                ], marks: [0.5, 0.5]),
            in: canvas.bounds)
        #expect(
            canvas.plainText() == """
                      base        lane 1
                man   ░░░░░┊░░░░░ ██████┊
                woman ░░░  ┊      ██████┊

                """)
    }

    @Test("a table drops its least important columns and keeps the chosen row in view")
    func table() {
        let rows = (0..<9).map { row in
            ["lane \(row)", "0.\(row)", "x"].map { TableCell($0) }
        }
        let view = TableView(
            columns: [
                TableColumn("name", priority: 2),
                TableColumn("loss", alignment: .right, priority: 1), TableColumn("note"),
            ], rows: rows, selected: 7)
        var canvas = Canvas(width: 12, height: 3)
        canvas.draw(view, in: canvas.bounds)
        #expect(canvas.plainText() == "name   loss\nlane 6  0.6\nlane 7  0.7\n")
        #expect(canvas[0, 2].style.attributes == .reverse)
    }

    @Test("arrows point where their vectors do")
    func arrows() {
        #expect(ArrowField.arrow(dx: 1, dy: 0) == "→")
        #expect(ArrowField.arrow(dx: 1, dy: 1) == "↗")
        #expect(ArrowField.arrow(dx: -1, dy: 0) == "←")
        #expect(ArrowField.arrow(dx: -1, dy: -1e-9) == "←")
        #expect(ArrowField.arrow(dx: 0, dy: -3) == "↓")
        #expect(ArrowField.arrow(dx: 0, dy: 0) == "·")
        #expect(ArrowField.arrow(dx: .nan, dy: 0) == nil)
        var canvas = Canvas(width: 5, height: 2)
        let right = ArrowField.Vector(dx: 1, dy: 0)
        canvas.draw(
            ArrowField(
                columns: 2, rows: 2, vectors: [right, right, right, right],
                points: [FieldPoint(x: 0, y: 1, style: .plain)]), in: canvas.bounds)
        #expect(canvas.plainText() == "•→ →\n → →\n")
    }

    @Test("a sparkline and a gauge show shares")
    func smallBars() {
        var canvas = Canvas(width: 8, height: 2)
        canvas.draw(
            Sparkline([0, 1, .nan, 7], style: .plain), in: Rect(width: 8, height: 1))
        canvas.draw(
            Gauge(fraction: 0.5, label: "50%", style: .plain, trackStyle: .plain),
            in: Rect(y: 1, width: 8, height: 1))
        #expect(canvas.plainText() == "▁▂ █\n██── 50%\n")
    }

    @Test("the picture of any frame is well-formed XML, drawn to scale")
    func svg() {
        var random = RandomSource(seed: 14)
        for _ in 0..<25 {
            var canvas = Canvas(width: random.int(1...50), height: random.int(1...20))
            for drawing in drawings(&random) {
                drawing.draw(on: &canvas, in: random.rect(around: canvas.width, canvas.height))
            }
            canvas.put("<&>\"'\u{FFFE}", x: 0, y: 0, style: Style(attributes: [.bold, .underline]))
            let text = canvas.svg(theme: .builtin)
            let parser = XMLParser(data: Data(text.utf8))
            #expect(parser.parse(), "\(parser.parserError.map { "\($0)" } ?? "")")
            #expect(text.contains("width=\"\(canvas.width * 9)\""))
        }
    }

    @Test("half blocks become two squares of their colours")
    func svgHalfBlock() {
        var canvas = Canvas(width: 2, height: 1)
        canvas[1, 0] = Cell(
            "▀", style: Style(foreground: Color(hex: 0xFF0000), background: Color(hex: 0x0000FF)))
        let text = canvas.svg()
        #expect(
            text.contains("<rect x=\"9\" y=\"0\" width=\"9\" height=\"18\" fill=\"#0000ff\"/>"))
        #expect(text.contains("<rect x=\"9\" y=\"0\" width=\"9\" height=\"9\" fill=\"#ff0000\"/>"))
    }
}
