import BenchProtocol
import TerminalKit
import Testing
import Workbench

@Suite("Names within a width")
struct DistinctNamesTests {
    @Test("what tells names apart is kept: their ends, or what stands before the same end")
    func examples() {
        #expect(
            DistinctNames.cut(["popalign", "popalign-beta-500"], to: 12)
                == ["popalign", "…beta-500"])
        #expect(DistinctNames.cut(["diffusion-dpo", "diffusion-kto"], to: 4) == ["…dpo", "…kto"])
        #expect(DistinctNames.cut(["base", "popalign", "sft"], to: 5) == ["base", "popa…", "sft"])
        #expect(
            DistinctNames.cut(["popalign-beta-500", "sft"], to: 13) == ["popa…beta-500", "sft"])
        let alike = DistinctNames.cut(["dpo-beta-500", "kto-beta-500"], to: 10)
        #expect(alike[0].hasPrefix("d") && alike[1].hasPrefix("k"), "\(alike)")
        #expect(
            DistinctNames.cut(["a-b", "a-b"], to: 2) == DistinctNames.cut(["a-b", "a-b"], to: 2))
    }

    @Test("whatever the names, each fits, what fits stays whole, and different ones stay different")
    func properties() {
        var dice = RenderPropertyTests.Dice(state: 11)
        let parts = ["diffusion", "dpo", "kto", "beta", "500", "5", "js", "popalign", "ü", "x"]
        for _ in 0..<3000 {
            let names = (0..<Int.random(in: 1...9, using: &dice)).map { _ in
                (0..<Int.random(in: 1...4, using: &dice)).map { _ in
                    parts.randomElement(using: &dice) ?? ""
                }.joined(separator: ["-", "", "_"].randomElement(using: &dice) ?? "-")
            }
            let width = Int.random(in: 0...20, using: &dice)
            let cut = DistinctNames.cut(names, to: width)
            #expect(cut.count == names.count)
            for (name, text) in zip(names, cut) {
                #expect(TextLayout.columns(text) <= width)
                if TextLayout.columns(name) <= width { #expect(text == name) }
            }
            if width >= 3 {
                #expect(Set(cut).count == Set(names).count, "\(names) in \(width): \(cut)")
            }
        }
    }

    /// A session whose lanes begin, or end, alike.
    private func alike(_ width: Int, _ height: Int) -> WorkbenchModel {
        let names = ["diffusion-dpo", "diffusion-kto", "popalign", "popalign-beta-500"]
        let settings = zip(names, Scripted.settings).map { name, lane in
            var lane = lane
            lane.name = name
            lane.objective = "popalign"
            return lane
        }
        var model = WorkbenchModel(themeNames: ["dark"], now: Scripted.clock)
        _ = update(&model, .resized(width: width, height: height))
        _ = update(&model, .attached)
        _ = update(&model, .event(Scripted.startEvents()[0]))
        _ = update(&model, .event(.state(Scripted.state(step: 40, lanes: settings))))
        for name in ["base"] + names {
            let step = name == "base" ? 0 : 40
            for (attribute, counts) in [("gender", [9, 8, 7]), ("tone", [5, 5, 5, 5, 4])] {
                _ = update(
                    &model,
                    .event(
                        .population(Scripted.histogram(name, attribute, counts, step: step))))
            }
            _ = update(&model, .event(.thumbnails(Scripted.sheet(name, step: step))))
            _ = update(&model, .event(.evaluation(Scripted.evaluation(name, 0, step: step))))
        }
        for lane in settings.indices {
            var field = Scripted.field(lane, step: 40)
            field.lane = names[lane]
            _ = update(&model, .event(.field(field)))
        }
        _ = update(&model, .clock(Scripted.clock + 60))
        return model
    }

    @Test("no panel shows two lanes under one name", arguments: [(40, 12), (80, 24), (120, 40)])
    func panels(width: Int, height: Int) {
        for view in [BenchView.dashboard, .compare, .fields, .population] {
            var model = alike(width, height)
            _ = update(&model, .show(view))
            let text = snapshotFrame(model, width: width, height: height, theme: .builtin)
                .plainText()
            for wrong in ["dif…", "diffu…", "diffusio…", "popalign-b…", "beta-5…"] {
                #expect(!text.contains(wrong), "\(view) \(width)x\(height): \(wrong)\n\(text)")
            }
        }
    }

    @Test("a lane has its own name in the dashboard's fields, not that of its divergence")
    func fieldNames() {
        let text = snapshotFrame(
            Scripted.model(), width: 120, height: 40, theme: .builtin
        ).plainText()
        #expect(text.contains("4 fdpo-js") && !text.contains("4 js"))
    }

    @Test("lanes of one method are told apart by name in the table of lanes")
    func laneTable() {
        let text = snapshotFrame(alike(120, 40), width: 120, height: 40, theme: .builtin)
            .plainText()
        #expect(text.contains("1● diffusion-dpo") && text.contains("2▲ diffusion-kto"), "\(text)")
        let others = snapshotFrame(
            Scripted.model(), width: 120, height: 40, theme: .builtin
        ).plainText()
        #expect(others.contains("method") && others.contains("2▲ diff-dpo"))
    }

    @Test("where there is room, names are whole")
    func room() {
        var model = alike(200, 50)
        for view in [BenchView.dashboard, .compare, .population] {
            _ = update(&model, .show(view))
            let text = snapshotFrame(model, width: 200, height: 50, theme: .builtin).plainText()
            #expect(text.contains("popalign-beta-500"), "\(view)")
        }
        let lanes = snapshotFrame(alike(200, 50), width: 200, height: 50, theme: .builtin)
            .plainText()
        for name in ["diffusion-dpo", "diffusion-kto", "popalign-beta-500"] {
            #expect(lanes.contains(name), "\(name)\n\(lanes)")
        }
    }
}
