import BenchProtocol
import Figures
import Foundation
import Studies
import TerminalKit
import Testing
import TrainingEngine

private typealias Fixture = StudyFixture

/// A finished study of made-up numbers: PopAlign is fairer than everything else, and as exact.
private func records(seeds: [UInt64], prefix: String = "") -> [EvaluationRecord] {
    let trained = ["farmer", "artist", "student"]
    let heldOut = ["judge", "pilot", "cook"]
    let lanes = [
        ("base", 0.6), ("\(prefix)sft", 0.4), ("\(prefix)diffusion-dpo", 0.45),
        ("\(prefix)diffusion-kto", 0.5), ("\(prefix)popalign", 0.2),
    ]
    return seeds.flatMap { seed in
        lanes.enumerated().map { number, named in
            let (lane, mean) = named
            func table(_ shift: Double) -> [String: Double?] {
                Dictionary(
                    uniqueKeysWithValues: (trained + heldOut).enumerated().map { index, name in
                        // Prompts and seeds differ a little, in ways that do not cancel.
                        let own =
                            0.01 * Double((index * 7 + (Int(seed) + index) * (number + 3)) % 5)
                        return (name, mean + shift + own)
                    })
            }
            return Fixture.record(
                lane, seed: seed, step: 80, figures: ["kid": mean / 10],
                prompts: [
                    "discrepancy_gender": table(0), "discrepancy_tone": table(0.05),
                    "identity_accuracy": Dictionary(
                        uniqueKeysWithValues: (trained + heldOut).map { ($0, 0.97) }),
                    "profession_accuracy": Dictionary(
                        uniqueKeysWithValues: (trained + heldOut).map { ($0, 1) }),
                ], trained: trained, pictures: 240)
        }
    }
}

private func shipped(_ name: String) throws -> Recipe {
    try Recipe.read(path: "\(Fixture.checkout)/sessions/\(name).toml")
}

private let runs = [
    StudyRunRecord(
        command: "popbench reproduce popalign --quick", version: "0.1.0", commit: "abc123",
        machine: "A CPU, 2 cores", kernel: "plain", started: "2026-01-01T00:00:00Z")
]

@Suite("Pages of studies")
struct PageTests {
    private func page(seeds: [UInt64] = [1, 2, 3]) throws -> StudyPage {
        let study = PublishedStudy.popalign
        let plan = try study.plan(seeds: seeds, isQuick: true, recipe: shipped)
        return StudyPage(
            study: study, plan: plan, records: records(seeds: seeds), runs: runs, isQuick: true)
    }

    @Test("verdicts follow the numbers, and the page shows them with sources and intervals")
    func verdicts() throws {
        let page = try page()
        let answers = Dictionary(
            uniqueKeysWithValues: page.verdicts.map { ($0.claim.sentence, $0.answer) })
        #expect(
            answers["PopAlign lowers discrepancy more than SFT on held-out professions."]
                == .supported)
        #expect(
            answers[
                "PopAlign keeps identity accuracy within 2 points of the base on held-out professions."
            ] == .supported)
        let text = page.markdown()
        let row = try #require(
            text.split(separator: "\n").first { $0.contains("more than SFT on held-out") })
        #expect(row.contains("**supported**") && row.contains("-0.198 ["))
        for part in [
            "# Is population-level preference fairer", "## Verdicts", "## Trade-off",
            "![popalign: trade-off](trade-off.svg)", "## Figures", "## Differences", "## Settings",
            "## How it was measured", "## How it was made",
            "`popbench reproduce popalign --quick`", "commit abc123", "A CPU, 2 cores",
            "15 min 0 s of training and 7 min 30 s of evaluation", "| seeds | 1, 2, 3 |",
            "https://arxiv.org/abs/2406.19668", "Holm", "## Deviations\n\nNone",
        ] {
            #expect(text.contains(part), "\(part)")
        }
    }

    @Test("tables have as many cells in every row as in their header")
    func tables() throws {
        var width = 0
        for line in try page().markdown().split(separator: "\n", omittingEmptySubsequences: false) {
            guard line.hasPrefix("|") else {
                width = 0
                continue
            }
            let cells = line.replacing("\\|", with: "").filter { $0 == "|" }.count
            if width == 0 { width = cells }
            #expect(cells == width, "\(line)")
        }
    }

    @Test("what is missing is a deviation")
    func deviations() throws {
        let study = PublishedStudy.popalign
        let plan = try study.plan(seeds: [1, 2], isQuick: true, recipe: shipped)
        var some = records(seeds: [1, 2]).filter { $0.contender != "sft" }
        some.removeAll { $0.contender == "popalign" && $0.seed == 2 }
        some[1].problem = "its weights are not finite after step 80"
        some[2].kernel = "other"
        let text = StudyPage(
            study: study, plan: plan, records: some, runs: runs, isQuick: true
        ).markdown()
        for part in [
            "Not evaluated yet: sft.", "popalign was evaluated in 1 of 2 seeds.",
            "seed 1: its weights are not finite after step 80.", "kernel changed",
        ] {
            #expect(text.contains(part), "\(part)")
        }
    }

    @Test("the page of one made-up study, to the letter")
    func golden() throws {
        let text = try page().markdown()
        let path = "\(Fixture.checkout)/Tests/StudiesTests/Golden/popalign-quick.md"
        if ProcessInfo.processInfo.environment["POPBENCH_RECORD_GOLDEN"] != nil {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
    }

    @Test("CSV files are what the records say, a number a line")
    func csv() {
        let record = Fixture.record(
            "a,b", seed: 2, figures: ["kid": 0.5, "vendi": .nan],
            prompts: ["discrepancy_tone": ["z": 0.25, "a": nil]], trained: ["a"])
        #expect(
            StudyCSV.figures([record]) == """
                contender,objective,seed,step,figure,value,low,high,n
                "a,b",,2,10,kid,0.5,,,1
                "a,b",,2,10,vendi,,,,1

                """)
        #expect(
            StudyCSV.prompts([record]) == """
                contender,seed,step,figure,prompt,trained,value
                "a,b",2,10,discrepancy_tone,a,yes,
                "a,b",2,10,discrepancy_tone,z,no,0.25

                """)
    }

    @Test("a folder gets its page, numbers and plot, and the plot is a picture")
    func folder() throws {
        try Fixture.withFolder { folder in
            let page = try page()
            let names = try StudyFolder.write(
                page: page.markdown(), records: records(seeds: [1]), plot: page.plot?.plot,
                plotName: StudyPage.plotName, to: folder)
            #expect(
                names == [
                    "README.md", "figures.csv", "prompts.csv", "trade-off.svg", "trade-off.png",
                ])
            for name in names {
                let bytes = try Data(contentsOf: URL(filePath: "\(folder)/\(name)"))
                #expect(bytes.count > 100)
                if name.hasSuffix("png") { #expect(bytes.starts(with: [0x89, 0x50, 0x4E, 0x47])) }
            }
        }
    }

    @Test("a sweep's page sorts by the criterion and marks the front")
    func sweep() throws {
        let sweep = try Sweep.parse(
            """
            [sweep]
            recipe = "studies/popalign-plain"
            criterion = "discrepancy"
            front = ["identity_accuracy", "discrepancy"]
            [vary]
            objective = ["sft", "popalign"]
            [confirm]
            seeds = [9]
            """, file: "s.toml", recipe: shipped)
        let plan = try SweepPlan(sweep)
        let found = records(seeds: [1]).compactMap { record -> EvaluationRecord? in
            let names = ["base": "base", "sft": "001-sft", "popalign": "002-popalign"]
            guard let name = names[record.contender] else { return nil }
            var record = record
            record.contender = name
            return record
        }
        let text = SweepPage(plan: plan, records: found, confirmation: nil, runs: runs).markdown()
        let rows = text.split(separator: "\n").filter {
            $0.hasPrefix("|  | ") || $0.hasPrefix("| * |")
        }
        let models = rows.filter { $0.contains("base |") || $0.contains("00") }
            .prefix { !$0.contains("command") }
        #expect(models.count >= 3)
        #expect(models[1].hasPrefix("| * | 002-popalign | 80 |"))
        #expect(models[2].hasPrefix("|  | 001-sft | 80 |"))
        #expect(text.contains("It has not begun"))
    }
}

@Suite("Trade-off plots")
struct ScatterPlotTests {
    private let ink = Color(hex: 0x112233)

    @Test("every finite point is drawn inside the figure, whatever its intervals")
    func inside() {
        var random = NormalNumbers(seed: 5)
        for count in [0, 1, 2, 9, 40] {
            let points = (0..<count).map { index in
                let (x, y) = (random.next(3), random.next(100))
                return ScatterPlot.Point(
                    label: "lane \(index)", x: index == 3 ? .nan : x, y: y,
                    xInterval: index.isMultiple(of: 2) ? (x - 1)...(x + 2) : nil,
                    yInterval: (y - 5)...(y + 5), color: ink)
            }
            let plot = ScatterPlot(
                title: "t", xLabel: "x", yLabel: "y", points: points,
                front: [(0, 0), (.nan, 1), (1, 1)])
            let figure = plot.drawn()
            var discs = 0
            for mark in figure.marks {
                if case .disc(let centre, let radius, _) = mark, radius < 6 {
                    discs += 1
                    #expect((0...Double(figure.width)).contains(centre.x))
                    #expect((0...Double(figure.height)).contains(centre.y))
                }
            }
            #expect(discs == points.filter { $0.x.isFinite }.count)
        }
    }

    @Test("more to the right is more, and higher up is more")
    func directions() throws {
        let plot = ScatterPlot(
            title: "", xLabel: "", yLabel: "",
            points: [
                .init(label: "low", x: 0, y: 0, color: ink),
                .init(label: "high", x: 1, y: 5, color: ink),
            ])
        let centres = plot.drawn().marks.compactMap { mark -> FigurePoint? in
            if case .disc(let centre, let radius, let color) = mark, radius < 6, color == ink {
                return centre
            }
            return nil
        }
        try #require(centres.count == 2)
        #expect(centres[0].x < centres[1].x && centres[0].y > centres[1].y)
    }

    @Test("equal points do not hide each other's labels")
    func labels() {
        let points = (0..<6).map { ScatterPlot.Point(label: "p\($0)", x: 1, y: 1, color: ink) }
        let marks = ScatterPlot(title: "", xLabel: "", yLabel: "", points: points).drawn().marks
        let places = marks.compactMap { mark -> FigurePoint? in
            if case .words(let text, let place, _, _, _, _) = mark, text.hasPrefix("p") {
                return place
            }
            return nil
        }
        #expect(places.count == 6 && Set(places).count == 6)
    }
}
