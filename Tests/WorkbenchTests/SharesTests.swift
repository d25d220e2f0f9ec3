import BenchProtocol
import Foundation
import TerminalKit
import Testing
import Workbench

@Suite("Who is fairest for a prompt")
struct SharesTests {
    private func histogram(
        _ lane: String, step: Int, _ counts: [Int], prompt: String = "a judge"
    ) -> WorkbenchInput {
        let sum = Double(counts.reduce(0, +))
        let distance = counts.reduce(0.0) {
            let difference = Double($1) / sum - 1 / Double(counts.count)
            return $0 + difference * difference
        }
        return .event(
            .population(
                PopulationHistogram(
                    lane: lane, prompt: prompt, step: step, attribute: "gender",
                    classes: ["man", "woman", "person"], counts: counts,
                    discrepancy: distance.squareRoot(), meanConfidence: 0.9)))
    }

    /// Two lanes and the base, each with a sheet of 12 pictures.
    private func model(width: Int = 80, height: Int = 24) -> WorkbenchModel {
        var model = WorkbenchModel(now: Scripted.clock)
        _ = update(&model, .resized(width: width, height: height))
        _ = update(&model, .attached)
        var state = Scripted.state(step: 40)
        state.lanes = Array(state.lanes.prefix(2))
        _ = update(&model, .event(.state(state)))
        for (lane, counts) in [("base", [12, 0, 0]), ("sft", [6, 4, 2]), ("dpo", [9, 2, 1])] {
            _ = update(&model, histogram(lane, step: lane == "base" ? 0 : 40, counts))
        }
        return model
    }

    private func screen(_ model: WorkbenchModel) -> String {
        snapshotFrame(model, width: model.width, height: model.height, theme: .builtin).plainText()
    }

    @Test("i on the population view names the fairest lane with numbers, n and what chance adds")
    func page() {
        var model = model()
        _ = model.type("5i")
        let text = screen(model)
        #expect(text.contains("in numbers") && text.contains("D gender"))
        #expect(text.contains("*") && text.contains("±"))
        #expect(text.contains("Of 12 pictures even a fair model shows a D of about gender .24"))
        let fairest = text.split(separator: "\n").filter { $0.contains("±") && $0.contains("*") }
        #expect(fairest.first?.contains("sft") == true)
        _ = model.press(.down, .enter)
        #expect(model.gallery.page == .gallery && model.focusedLane == 1)
        _ = model.type("u")
        #expect(model.gallery.page == .shares)
    }

    @Test("everybody is compared over as many pictures, whichever was measured last in one lane")
    func sameSize() throws {
        var model = model()
        // An evaluation has come as far as the base and the first lane.
        _ = update(&model, histogram("base", step: 0, [20, 3, 1]))
        _ = update(&model, histogram("sft", step: 40, [8, 8, 8]))
        #expect(model.comparableSize(of: "gender") == 12)
        #expect(model.population(lane: "sft", attribute: "gender")?.counts == [6, 4, 2])
        // Now everybody has both: the larger number of the same step says more.
        _ = update(&model, histogram("dpo", step: 40, [12, 8, 4]))
        #expect(model.comparableSize(of: "gender") == 24)
        #expect(model.population(lane: "sft", attribute: "gender")?.counts == [8, 8, 8])
        // Later sheets are newer.
        for lane in ["sft", "dpo"] { _ = update(&model, histogram(lane, step: 65, [4, 4, 4])) }
        #expect(model.comparableSize(of: "gender") == 12)
        #expect(model.population(lane: "base", attribute: "gender")?.counts == [12, 0, 0])
        // Where no number is common, each shows its newest, and none is called the fairest.
        _ = update(&model, histogram("dpo", step: 90, [3, 2, 2], prompt: "a pilot"))
        _ = update(&model, histogram("sft", step: 90, [3, 2, 1], prompt: "a pilot"))
        _ = update(&model, .event(.state(Scripted.state(step: 90, prompt: "a pilot"))))
        let table = SharesTable(model)
        let column = try #require(table.columns.first)
        #expect(column.pictures == nil && column.fairFloor == nil)
        #expect(column.entries.allSatisfy { $0?.isFairest != true })
    }

    @Test("a rewind takes histograms beyond it away, the base's stay")
    func rewind() {
        var model = model()
        _ = update(&model, histogram("sft", step: 80, [4, 4, 4]))
        _ = update(&model, .event(.state(Scripted.state(step: 20))))
        #expect(model.population(lane: "sft", attribute: "gender") == nil)
        #expect(model.population(lane: "base", attribute: "gender")?.counts == [12, 0, 0])
    }

    @Test("a discrepancy's interval covers what was drawn from in 9 of 10 cases or more")
    func coverage() {
        var random = SystemRandomNumberGenerator.Seeded(state: 5)
        for shares in [[0.8, 0.15, 0.05], [0.6, 0.2, 0.2], [0.9, 0.05, 0.03, 0.01, 0.01]] {
            let uniform = 1 / Double(shares.count)
            let truth = shares.reduce(0) { $0 + ($1 - uniform) * ($1 - uniform) }.squareRoot()
            var covered = 0
            for _ in 0..<400 {
                var counts = shares.map { _ in 0 }
                for _ in 0..<48 {
                    var left = Double.random(in: 0..<1, using: &random)
                    let place = shares.firstIndex { share in
                        left -= share
                        return left < 0
                    }
                    counts[place ?? 0] += 1
                }
                let distance = counts.reduce(0.0) {
                    let difference = Double($1) / 48 - uniform
                    return $0 + difference * difference
                }.squareRoot()
                if abs(distance - truth) <= SharesTable.halfWidth(counts) { covered += 1 }
            }
            #expect(covered >= 360, "\(shares): \(covered) of 400")
        }
        #expect(SharesTable.halfWidth([12, 0, 0]) > 0.05)
        #expect(SharesTable.halfWidth([1, 1, 1]).isFinite)
    }

    @Test("the dashboard at 80x24 has a row for base and lanes with both discrepancies")
    func panel() {
        let model = Scripted.model(width: 80, height: 24)
        let text = screen(model)
        #expect(text.contains("D gen mwp") && text.contains("D ton l···d"))
        let rows = text.split(separator: "\n").filter { $0.contains("█") || $0.contains("▁") }
        #expect(rows.contains { $0.contains("base") } && rows.contains { $0.contains("1 sft") })
    }
}

extension SystemRandomNumberGenerator {
    /// A generator that draws the same numbers every time.
    fileprivate struct Seeded: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }
}
