import Figures
import Pictures
import Foundation
import Pictures
import TerminalKit
import Testing

@Suite("Figures of fields, trade-offs and tables")
struct FigureDrawingTests {
    @Test("a place of a plane is found again from its pair, on either scale")
    func planeRoundTrip() {
        var dice = RenderPropertyTests.Dice(state: 9)
        for _ in 0..<200 {
            func draw(_ range: ClosedRange<Double>) -> Double {
                .random(in: range, using: &dice)
            }
            for scale in [FieldPlane.Scale.log, .linear] {
                let least = scale == .log ? draw(-20...0) : draw(0.1...5)
                let plane = FieldPlane(
                    scale: scale, x: least...(least + draw(0.01...20)),
                    y: (least + 1)...(least + 1 + draw(0.01...20)))
                let (across, up) = (draw(0...1), draw(0...1))
                let pair = plane.pair(across: across, up: up)
                #expect(abs(plane.across(pair.l1) - across) < 1e-6)
                #expect(abs(plane.up(pair.l2) - up) < 1e-6)
                for tick in plane.ticks(of: plane.x, atMost: 6) {
                    #expect((-0.01...1.01).contains(plane.across(tick.logRatio)), "\(plane)")
                }
            }
        }
    }

    @Test("ticks of a log plane are where their numbers say")
    func ticks() throws {
        let plane = FieldPlane(decadesAround: [])
        let found = plane.ticks(of: plane.x, atMost: 9)
        #expect(found.map(\.label) == ["0.01", "0.1", "1", "10", "100"])
        #expect(abs(plane.across(try #require(found.last).logRatio) - 1) < 1e-9)
        #expect(abs(plane.across(found[2].logRatio) - 0.5) < 1e-9)
    }

    @Test("arrows go along descent, the longest has length 1, and linear axes divide by X")
    func arrows() throws {
        let law = try #require(
            FieldsScript.law(Scripted.lane("dpo", "diffusion-dpo", beta: 1), .nan))
        let log = FieldPlane(scale: .log, x: -2...2, y: -2...2)
        let found = log.arrows(of: law, columns: 5, rows: 5)
        #expect(found.count == 25 && found.map(\.size).max() == 1)
        for arrow in found {
            #expect(arrow.dx > 0 && arrow.dy < 0 && arrow.balance == .alike)
            #expect(abs(arrow.dx * arrow.dx + arrow.dy * arrow.dy - 1) < 1e-12)
        }
        let linear = FieldPlane(scale: .linear, x: 0...4, y: 0...4)
        for arrow in linear.arrows(of: law, columns: 4, rows: 4) {
            let pair = linear.pair(across: arrow.across, up: arrow.up)
            let reading = law.reading(pair.l1, pair.l2)
            #expect(abs(arrow.dx / -arrow.dy - reading.dX1 / -reading.dX2) < 1e-9)
        }
        let none = log.arrows(at: [
            (0, 0, (winner: .nan, loser: 0)), (0, 0, (-.infinity, -.infinity)),
        ])
        #expect(none.isEmpty)
    }

    @Test("a scatter has a label, a marker and bars for each point, and both axes with their ends")
    func scatter() {
        var a = ScatterFigure.Point(label: "one", x: 1, y: 2, color: Color(hex: 0x112233), shape: 1)
        a.xInterval = 0.5...1.5
        a.yInterval = 1...3
        let b = ScatterFigure.Point(
            label: "base", x: 3, y: 1, color: Color(hex: 0x445566), shape: nil)
        let lost = ScatterFigure.Point(
            label: "lost", x: .nan, y: 1, color: Color(hex: 0x445566), shape: 2)
        let figure = ScatterFigure(
            title: "a & b", xAxis: .init(label: "left", better: .higher),
            yAxis: .init(label: "up", better: .higher), points: [a, b, lost], notes: ["note"]
        ).drawn()
        let svg = figure.svg()
        for words in [
            "a &amp; b", ">base *<", ">one *<", "left (higher is better)", "up (higher is better)",
            ">note<",
        ] {
            #expect(svg.contains(words), "\(words)")
        }
        #expect(!svg.contains("lost") && !svg.contains("nan"))
        let empty = ScatterFigure(
            title: "", xAxis: .init(label: "x"), yAxis: .init(label: "y"), points: []
        ).drawn()
        #expect(empty.svg().contains("<svg"))
    }

    @Test("shapes far outside of the picture, or nowhere, are cut off without harm")
    func outside() throws {
        var dice = RenderPropertyTests.Dice(state: 3)
        let odd = [Double.nan, .infinity, -.infinity, 1e300, -1e300, -1e5, 1e5, -3, 0, 5, 40]
        func point() -> FigurePoint {
            FigurePoint(
                x: odd.randomElement(using: &dice) ?? 0, y: odd.randomElement(using: &dice) ?? 0)
        }
        let pixels = try #require(FigurePixels(width: 1, height: 1, rgb: [1, 2, 3]))
        let ink = Color(hex: 0)
        for _ in 0..<200 {
            var figure = Figure(width: 10, height: 6, background: Color(hex: 0xFFFFFF))
            figure.line(point(), point(), width: 2, color: ink)
            figure.polygon([point(), point(), point()], color: ink)
            figure.polygon([], color: ink)
            figure.words("a", at: point(), size: 8, color: ink)
            figure.pixels(pixels, at: point(), scale: odd.randomElement(using: &dice) ?? 1)
            #expect(figure.picture(scale: 2).rgb.count == 20 * 12 * 3)
        }
        // A line that lies beside the picture leaves it as it is.
        var beside = Figure(width: 10, height: 6, background: Color(hex: 0xFFFFFF))
        beside.line(FigurePoint(x: 50, y: 2), FigurePoint(x: 90, y: 2), width: 2, color: ink)
        beside.line(FigurePoint(x: -90, y: 2), FigurePoint(x: -50, y: 2), width: 2, color: ink)
        #expect(beside.picture(scale: 1).rgb.allSatisfy { $0 == 255 })
    }

    @Test("pixels in a figure come out as they are, in the PNG and within the SVG")
    func pixels() throws {
        let pixels = try #require(
            FigurePixels(width: 2, height: 1, rgb: [255, 0, 0, 0, 0, 255]))
        #expect(FigurePixels(width: 2, height: 1, rgb: [1, 2, 3]) == nil)
        var figure = Figure(width: 10, height: 6, background: Color(hex: 0xFFFFFF))
        figure.pixels(pixels, at: FigurePoint(x: 1, y: 1), scale: 3)
        let picture = figure.picture(scale: 2)
        func pixel(_ x: Int, _ y: Int) -> [UInt8] {
            Array(picture.rgb[(y * 20 + x) * 3..<(y * 20 + x) * 3 + 3])
        }
        #expect(pixel(1, 1) == [255, 255, 255])
        #expect(pixel(2, 2) == [255, 0, 0] && pixel(7, 7) == [255, 0, 0])
        #expect(pixel(8, 2) == [0, 0, 255] && pixel(13, 7) == [0, 0, 255])
        #expect(pixel(14, 2) == [255, 255, 255] && pixel(2, 8) == [255, 255, 255])
        #expect(figure.svg().contains("href=\"data:image/png;base64,iVBOR"))
        // What lies partly or wholly outside is cut off.
        figure.pixels(pixels, at: FigurePoint(x: -4, y: -2), scale: 3)
        figure.pixels(pixels, at: FigurePoint(x: 50, y: 50), scale: 3)
        #expect(figure.picture(scale: 1).width == 10)
    }

    @Test("a table holds every cell, and the best of a row in a colour of its own")
    func table() {
        let svg = TableFigure(
            title: "t", columns: ["figure", "base", "js"],
            rows: [[.init("D"), .init("0.7"), .init("0.3 *", isMarked: true)]], notes: ["n"]
        ).drawn().svg()
        for words in [">figure<", ">base<", ">js<", ">D<", ">0.7<", ">0.3 *<", ">n<"] {
            #expect(svg.contains(words), "\(words)")
        }
        let marked = svg.split(separator: "\n").first { $0.contains(">0.3 *<") }
        let plain = svg.split(separator: "\n").first { $0.contains(">0.7<") }
        #expect(marked?.contains("#276749") == true && plain?.contains("#276749") == false)
    }
}
