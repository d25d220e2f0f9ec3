import BenchProtocol
import Figures
import Foundation
import TerminalKit
import Testing
import Workbench

@Suite("Exports of the curves")
struct CurvesExportTests {
    private func export(
        _ format: ExportFormat, after keys: String = ""
    ) throws -> ExportedFile {
        var model = CurvesGoldenTests.model(width: 120, height: 40)
        for key in keys {
            CurvesGoldenTests.answer(update(&model, .key(.character(key))), &model)
        }
        _ = model.type("x")
        let key: Character = [.csv: "c", .json: "j", .svg: "s", .png: "p"][format]!
        for case .write(let file) in model.type(String(key)) { return file }
        throw Missing()
    }

    private struct Missing: Error {}

    @Test("CSV has a row for every lane, quantity and fetched step shown, with the smoothed value")
    func csv() throws {
        let file = try export(.csv, after: "b")
        guard case .text(let text) = file.content else { throw Missing() }
        let rows = text.split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        #expect(
            rows[0].joined(separator: ",")
                == "lane,quantity,step,time,minimum,maximum,mean,smoothed,minus_baseline")
        #expect(rows.allSatisfy { $0.count == 9 })
        // Four lanes, six quantities, forty steps.
        #expect(rows.count == 1 + 4 * 6 * 40)
        let dpo = try #require(rows.first { $0[0] == "dpo" && $0[1] == "loss" && $0[2] == "7" })
        #expect(Double(dpo[6]) == Scripted.metrics(1, step: 7).loss)
        let difference = try #require(Double(dpo[8]))
        #expect(abs(difference + 0.1) < 0.06)
        #expect(file.name.hasPrefix("starter-6-quantities-steps-1-40"))
    }

    @Test("a zoomed view exports what it shows, with times where the axis has them")
    func range() throws {
        guard case .text(let text) = try export(.csv, after: "mii+").content else {
            throw Missing()
        }
        let rows = text.split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
        let steps = Set(rows.compactMap { Int($0[2]) })
        #expect(steps.min()! > 1 && steps.max() == 40)
        #expect(rows.allSatisfy { Double($0[3]) == Scripted.clock + (Double($0[2]) ?? 0) })
    }

    @Test("JSON is JSON, with null for what does not exist")
    func json() throws {
        guard case .text(let text) = try export(.json).content else { throw Missing() }
        let value = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        let series = try #require(value?["series"] as? [[String: Any]])
        #expect(series.count == 24)
        #expect(value?["session"] as? String == "starter")
        let points = try #require(series[0]["points"] as? [[String: Any]])
        #expect(points.count == 40 && points[0]["minus_baseline"] is NSNull)
    }

    @Test("the figure has a title, labelled axes, a line and a name for every lane")
    func figure() throws {
        guard case .figure(let figure) = try export(.svg, after: "mmm\u{6D}").content else {
            throw Missing()
        }
        let svg = figure.svg()
        for word in ["loss", "step", "1 sft", "4 fdpo-js", "starter", "EMA 0.9"] {
            #expect(svg.contains(word), "\(word)")
        }
        for index in 0..<4 { #expect(svg.contains(LineFigure.color(index).text)) }
        #expect(figure.background == Color(hex: 0xFFFFFF))
    }

    @Test("nothing leaves a line figure's axes, whatever its values")
    func clipping() {
        var dice = RenderPropertyTests.Dice(state: 4)
        let odd = [Double.nan, .infinity, -.infinity, 1e300, -1e300, 0, 1e-300]
        for _ in 0..<60 {
            var x = 0.0
            let points = (0..<50).map { _ -> ChartPoint in
                x += Double.random(in: 0...3, using: &dice)
                let value =
                    Int.random(in: 0..<9, using: &dice) == 0
                    ? odd.randomElement(using: &dice)! : Double.random(in: -4...4, using: &dice)
                return ChartPoint(x: x, y: value)
            }
            var chart = LineFigure(
                title: "t", xLabel: "x", yLabel: "y",
                series: [
                    .init(
                        label: "a", points: points,
                        band: points.map { .init(x: $0.x, low: $0.y - 1, high: $0.y + 1) },
                        color: LineFigure.color(0),
                        dash: LineFigure.dash(Int.random(in: 0..<4, using: &dice)),
                        isMarked: Bool.random(using: &dice))
                ])
            chart.xRange = 3...60
            chart.yRange = -2...2
            chart.yScale = [.linear, .symmetric].randomElement(using: &dice)!
            let figure = chart.drawn(width: 500, height: 300)
            for mark in figure.marks {
                let corners: [FigurePoint] =
                    switch mark {
                    case .line(let points, _, _), .polygon(let points, _): points
                    case .disc(let centre, _, _): [centre]
                    case .words, .pixels: []
                    }
                for corner in corners {
                    #expect(corner.x >= 0 && corner.x <= 500)
                    #expect(corner.y >= 0 && corner.y <= Double(figure.height))
                }
            }
        }
    }
}
