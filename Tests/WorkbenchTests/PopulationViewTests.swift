import BenchProtocol
import Figures
import Foundation
import TerminalKit
import Testing
import Workbench

@Suite("The population view")
struct PopulationViewTests {
    /// The scripted session with its view of populations open.
    static func model(width: Int = 120, height: Int = 40) -> WorkbenchModel {
        var model = Scripted.model(width: width, height: height)
        _ = model.press(.character("5"))
        for event in PopulationScript.events { _ = update(&model, .event(event)) }
        return model
    }

    func screen(_ model: WorkbenchModel) -> String {
        snapshotFrame(model, width: model.width, height: model.height, theme: .builtin).plainText()
    }

    // MARK: Asking the engine

    @Test("the view asks for the prompt's histories when it is first shown, and once")
    func fetches() {
        var model = Scripted.model()
        let wanted = WorkbenchEffect.send(.fetchPopulations(prompt: "a judge", points: 256))
        #expect(model.press(.character("5")).contains(wanted))
        #expect(!model.press(.character("1"), .character("5")).contains(wanted))
        #expect(
            model.press(.character("n")).contains(
                .send(.fetchPopulations(prompt: "a health worker", points: 256))))
        // Another engine may know more.
        let hello = EngineHello(version: "0.1.0", session: "starter", processID: 4712)
        _ = update(&model, .event(.hello(hello)))
        let news = update(
            &model, .event(.state(Scripted.state(step: 40, prompt: "a health worker"))))
        #expect(news.contains(.send(.fetchPopulations(prompt: "a health worker", points: 256))))
    }

    @Test("a typed prompt becomes the shown one, and as many pictures are sampled as were chosen")
    func typedPrompt() {
        var model = Self.model()
        _ = model.press(.character("]"), .character("G"))
        _ = model.type("a woman pilot")
        #expect(model.press(.enter) == [.send(.selectPrompt(prompt: "a woman pilot"))])
        #expect(model.shownPrompt == "a judge", "until the engine has it in its own words")
        let effects = update(
            &model, .event(.state(Scripted.state(step: 40, prompt: "a woman pilot"))))
        #expect(effects.contains(.send(.sample(prompt: "a woman pilot", count: 16))))
        #expect(
            effects.contains(.send(.fetchPopulations(prompt: "a woman pilot", points: 256))))
        #expect(model.shownPrompt == "a woman pilot")
        #expect(screen(model).contains("no pictures of \"a woman pilot\" yet"))
        #expect(
            update(&model, .event(.state(Scripted.state(step: 41, prompt: "a woman pilot"))))
                .isEmpty, "and not again")
    }

    @Test("a prompt with words that the model does not know is asked for again, with the reason")
    func unknownWords() {
        var model = Self.model(width: 80, height: 24)
        _ = model.press(.character("G"))
        _ = model.type("two cats")
        _ = model.press(.enter)
        let message = "prompt \"two cats\": unknown word \"two\"; a prompt is \"a PROFESSION\""
        _ = update(&model, .event(.failure(Failure(message: message, fatal: false))))
        let shown = screen(model)
        #expect(shown.contains("two cats") && shown.contains("unknown word \"two\""))
        // Corrected, it is taken.
        for _ in 0..<8 { _ = model.press(.backspace) }
        _ = model.type("a cook")
        #expect(model.press(.enter) == [.send(.selectPrompt(prompt: "a cook"))])
        // A failure of something else does not ask anything.
        _ = update(&model, .event(.failure(Failure(message: "disk full", fatal: false))))
        #expect(!screen(model).contains("a prompt to sample"))
    }

    @Test("long work shows how far it is, when it ends, and is cancelled by a key")
    func cancel() {
        var model = Self.model(width: 80, height: 24)
        #expect(model.press(.control("k")).isEmpty)
        _ = update(
            &model,
            .event(
                .progress(
                    TaskProgress(
                        task: "sample", done: 24, total: 80, secondsLeft: 12, message: "a judge"))))
        _ = update(&model, .clock(Scripted.clock + 100))
        #expect(screen(model).contains("sampling 24/80 eta 12s  ctrl-k cancels"))
        #expect(model.press(.control("k")) == [.send(.cancel(task: "sample"))])
        _ = update(
            &model,
            .event(
                .progress(
                    TaskProgress(
                        task: "sample", done: 1, total: 1, secondsLeft: 0, message: "cancelled"))))
        #expect(!screen(model).contains("cancels"))
    }

    @Test("the count that the sample key asks for has two ends")
    func counts() {
        var model = Self.model()
        for _ in 0..<9 { _ = model.press(.character("]")) }
        #expect(model.press(.character("g")) == [.send(.sample(prompt: "a judge", count: 128))])
        for _ in 0..<9 { _ = model.press(.character("[")) }
        #expect(model.press(.character("g")) == [.send(.sample(prompt: "a judge", count: 4))])
    }

    // MARK: The gallery

    @Test("rows are the base's and the lanes', and columns share noise through every filter")
    func paired() {
        var model = Self.model()
        #expect(model.galleryRows.map(\.contender.name).first == "base")
        #expect(model.galleryRows.count == 5)
        _ = model.press(.character("f"), .character("f"))
        #expect(model.gallery.filter == "woman")
        let rows = model.galleryRows
        #expect(Set(rows.map(\.items.count)).count == 1)
        for column in rows[0].items.indices {
            let noises = Set(rows.compactMap { $0.items[column] })
            #expect(noises.count == 1, "column \(column)")
        }
        for row in rows {
            for noise in row.items.compactMap({ $0 }) {
                #expect(row.sheet?.pictures[noise].label.hasPrefix("woman") == true)
            }
        }
        _ = model.press(.backspace)
        #expect(model.gallery.filter == nil)
        #expect(model.galleryRows[0].items == Array(0..<8))
    }

    @Test("rows in an order of their own are sorted by class, and by confidence")
    func orders() {
        var model = Self.model()
        _ = model.press(.character("o"))
        let classes = model.galleryRows[1].items.compactMap { $0 }.map { noise in
            model.shownClass("gender", in: model.galleryRows[1].sheet!.pictures[noise].label)
        }
        let places = classes.map { ["man", "woman", "person"].firstIndex(of: $0 ?? "") ?? 9 }
        #expect(places == places.sorted())
        _ = model.press(.character("o"))
        func confidences() -> [Double] {
            model.galleryRows[1].items.compactMap { $0 }.map {
                model.galleryRows[1].sheet!.pictures[$0].confidence
            }
        }
        #expect(confidences() == confidences().sorted(by: >))
        _ = model.press(.character("o"))
        #expect(confidences() == confidences().sorted())
        #expect(Set(confidences()).count > 1)
        _ = model.press(.character("o"), .character("c"))
        #expect(model.galleryRows[1].items.count < 8)
        #expect(
            model.galleryRows[1].items.allSatisfy { noise in
                noise.map { model.galleryRows[1].sheet!.pictures[$0].confidence >= 0.9 } ?? true
            })
    }

    @Test("the cursor stays on a picture, walks over empty places, and is always to be seen")
    func cursor() {
        var model = Self.model()
        for keys in [[Key.down], [.down, .right], [.tab, .end], [.character("b"), .home]] {
            for key in keys { _ = model.press(key) }
            let cursor = model.galleryCursor(in: model.galleryRows)
            #expect(cursor.column != nil)
            #expect(screen(model).contains("▌"), "\(keys)")
        }
        #expect(model.galleryContender.name == "base")
        _ = model.press(.tab)
        #expect(model.galleryContender.name != "base", "tab goes to a lane")
        _ = model.press(.character("f"), .character("f"), .end)
        let row = model.galleryRows[model.galleryCursor(in: model.galleryRows).row]
        #expect(row.items.contains(model.gallery.noise))
        // Whatever is pressed, the cursor is somewhere or nothing matches.
        var random = RenderPropertyTests.Dice(state: 11)
        let keys: [Key] =
            [.up, .down, .left, .right, .home, .end, .pageUp, .pageDown, .tab, .enter]
            + "afcoFlb+-hm".map { .character($0) }
        for _ in 0..<400 {
            _ = model.press(keys.randomElement(using: &random)!)
            _ = screen(model)
            #expect(model.gallery.noise >= 0 && model.gallery.noise < 8)
        }
    }

    @Test("a picture is shown at every width with as much of its label as fits")
    func labels() {
        func fitted(_ width: Int) -> String {
            PictureLabel.fitted("woman, medium-dark", confidence: 0.97, width: width)
        }
        #expect(fitted(30) == "woman, medium-dark .97")
        #expect(fitted(14) == "w m-dark .97")
        #expect(fitted(8) == "w md .97")
        #expect(fitted(4) == "w md")
        #expect(PictureLabel.fitted("cat", confidence: .nan, width: 9) == "cat")
    }

    @Test(
        "every layout lies inside of its rectangle",
        arguments: [(1, 128), (3, 8), (9, 128), (5, 1)])
    func layouts(rows: Int, pictures: Int) {
        for width in stride(from: 1, through: 200, by: 7) {
            for height in 1...50 {
                for wanted in [nil, 16, 3] {
                    for isWrapped in [true, false] {
                        guard
                            let layout = GalleryLayout(
                                width: width, height: height, rows: rows, pictures: pictures,
                                isWrapped: isWrapped, wanted: wanted, exact: 16)
                        else { continue }
                        #expect(
                            layout.gutter + layout.perRow * layout.cellWidth - 1 <= width)
                        #expect(layout.visibleRows * layout.cellHeight <= height)
                        #expect(layout.side <= wanted ?? 16 || layout.side == 3)
                    }
                }
            }
        }
    }

    @Test("a page never draws outside of the view, at any size")
    func inside() {
        for keys in [[], [Key.enter], [.character("h")], [.character("h"), .character("m")]] {
            for (width, height) in [(40, 12), (53, 17), (80, 24), (119, 35), (160, 41)] {
                var model = Self.model(width: width, height: height)
                for key in keys { _ = model.press(key) }
                let whole = snapshotFrame(model, width: width, height: height, theme: .builtin)
                // The two lines below and the tab line are others'.
                if model.gallery.page != .gallery { _ = model.press(.escape) }
                let other = snapshotFrame(model, width: width, height: height, theme: .builtin)
                for y in [height - 2] {
                    #expect(Array(whole.row(y)) == Array(other.row(y)), "\(width)x\(height)")
                }
            }
        }
    }

    // MARK: One picture

    @Test("a picture that is opened has its denoising asked for, once while it is awaited")
    func film() throws {
        var model = Self.model()
        let wanted = Command.film(lane: "base", prompt: "a judge", index: 1, frames: 8)
        #expect(model.press(.right).isEmpty)
        #expect(model.press(.enter) == [.send(wanted)])
        #expect(screen(model).contains("are being drawn"))
        #expect(
            model.press(.right)
                == [.send(.film(lane: "base", prompt: "a judge", index: 2, frames: 8))])
        #expect(model.press(.left) == [.send(wanted)])
        _ = update(&model, .event(.film(PopulationScript.film("base", index: 1, step: 0))))
        #expect(screen(model).contains("n of 12 steps"))
        #expect(model.press(.escape, .enter).isEmpty, "known now")
        #expect(model.press(.character("d")) == [.send(wanted)], "unless it is to be made anew")
        #expect(
            model.press(.down)
                == [.send(.film(lane: "sft", prompt: "a judge", index: 1, frames: 8))])
        // A film that cannot be shown is refused with a reason.
        var torn = PopulationScript.film("sft", index: 1, step: 40)
        torn.width = 31
        _ = update(&model, .event(.film(torn)))
        #expect(model.notice?.text.contains("cannot be shown") == true)
        #expect(model.press(.escape).isEmpty)
        #expect(model.view == .population, "escape leaves the picture first")
        _ = model.press(.escape)
        #expect(model.view == .population || model.view == .dashboard)
    }

    // MARK: Histograms over steps

    @Test("histories of the engine and measurements of now are one, and a rewind cuts them")
    func histories() throws {
        var model = Self.model()
        let table = HistoryTable(model)
        #expect(table.steps == [10, 20, 30, 40])
        #expect(table.planted == [0.81, 0.09, 0.10])
        #expect(table.references.map(\.name) == ["planted", "base", "uniform"])
        #expect(table.base?.counts == [20, 2, 2])
        #expect(table.lanes.count == 4 && table.lanes[1].byStep[40]?.counts == [12, 8, 4])
        _ = update(
            &model, .event(.population(Scripted.histogram("dpo", "gender", [4, 4, 4], step: 50))))
        #expect(HistoryTable(model).steps == [10, 20, 30, 40, 50])
        #expect(
            abs(HistoryTable.distance([1, 0, 0], [1 / 3.0, 1 / 3.0, 1 / 3.0]) - 0.816_5) < 1e-4)
        // A glance at fewer pictures of the same step changes nothing.
        _ = update(
            &model, .event(.population(Scripted.histogram("dpo", "gender", [1, 0, 0], step: 50))))
        #expect(HistoryTable(model).lanes[1].byStep[50]?.counts == [4, 4, 4])
        // The engine went back to step 20: what came after never was.
        _ = update(&model, .event(.state(Scripted.state(step: 20))))
        #expect(HistoryTable(model).steps == [10, 20])
        #expect(HistoryTable(model).base != nil)
    }

    @Test("steps are chosen with the first, the last and the one under the cursor")
    func chosenSteps() {
        let model = Self.model()
        var table = HistoryTable(model)
        table.steps = Array(stride(from: 0, through: 1000, by: 25))
        for count in 1...45 {
            let steps = table.steps(atMost: count, with: 475)
            #expect(steps.count <= count && steps == steps.sorted())
            #expect(steps.contains(475))
            if count > 2 { #expect(steps.first == 0 && steps.last == 1000) }
        }
    }

    @Test("histories stay bounded, and hostile ones are left alone")
    func bounded() {
        var record = PopulationRecord()
        for prompt in 0..<40 {
            for step in 0..<100 {
                record.note(
                    Scripted.histogram("dpo", "gender", [1, 2, 3], step: step, prompt: "\(prompt)"))
            }
        }
        #expect(record.prompts.count <= 8)
        for step in 100..<4000 {
            record.note(Scripted.histogram("dpo", "gender", [1, 2, 3], step: step, prompt: "39"))
        }
        let points = record.history(lane: "dpo", prompt: "39", attribute: "gender")?.points ?? []
        #expect(points.count <= 512 && points.last?.step == 3999 && points.first?.step == 0)
        #expect(points.map(\.step) == points.map(\.step).sorted())
        record.place(
            PopulationHistory(
                lane: "x", prompt: "39", attribute: "gender", classes: ["a"],
                points: [.init(step: 1, counts: [.max])]))
        record.place(
            PopulationHistory(
                lane: "x", prompt: "39", attribute: "gender", classes: ["a", "b"],
                points: [.init(step: 1, counts: [1])]))
        #expect(record.history(lane: "x", prompt: "39", attribute: "gender") == nil)
        record.place(
            PlantedDistribution(prompt: "39", attribute: "gender", classes: ["a"], shares: [.nan]))
        #expect(record.planted(prompt: "39", attribute: "gender", classes: ["a"]) == nil)
        for index in 0..<100 {
            #expect(record.place(PopulationScript.film("dpo", index: index, step: 1)) == nil)
        }
        let kept = (0..<100).filter {
            record.film(.init(lane: "dpo", prompt: "a judge", index: $0)) != nil
        }
        #expect(kept == Array(76..<100))
    }

    @Test("the shelf of sheets stays within its bytes")
    func shelf() {
        var shelf = SheetShelf()
        let large = Thumbnails.Picture(
            rgb: Array(repeating: 9, count: 256 * 256 * 3), label: "man, light", confidence: 1)
        for prompt in 0..<8 {
            let sheet = Thumbnails(
                lane: "dpo", prompt: "\(prompt)", step: 1, width: 256, height: 256,
                pictures: Array(repeating: large, count: 40))
            #expect(shelf.place(sheet) == nil)
            #expect(shelf.byteCount <= 24 << 20)
        }
        #expect(shelf.sheet(lane: "dpo", prompt: "7") != nil)
        // The first pictures of a longer sheet do not displace it.
        var short = Scripted.sheet("dpo", step: 1, prompt: "7")
        _ = shelf.place(short)
        #expect(shelf.sheet(lane: "dpo", prompt: "7")?.pictures.count == 40)
        short.step = 2
        _ = shelf.place(short)
        #expect(shelf.sheet(lane: "dpo", prompt: "7")?.pictures.count == 8)
    }

    // MARK: Files

    @Test("labels and counts go out as tables that read back")
    func tables() throws {
        var model = Self.model()
        func text(_ effects: [WorkbenchEffect]) throws -> String {
            guard case .write(let file) = try #require(effects.first),
                case .text(let text) = file.content
            else { return "" }
            return text
        }
        let labels = try text(model.press(.character("x"), .character("c")))
        let lines = labels.split(separator: "\n")
        #expect(lines[0] == "prompt,lane,step,noise,label,gender,tone,confidence")
        #expect(lines.count == 1 + 5 * 8)
        #expect(lines[1].hasPrefix("a judge,base,0,0,\"man, light\",man,light,0."))
        let json = try text(model.press(.character("x"), .character("j")))
        let object =
            try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
        #expect((object?["pictures"] as? [Any])?.count == 40)
        #expect((object?["histograms"] as? [Any])?.count == 2)
        let counts = try text(
            model.press(.character("h"), .character("x"), .character("c")))
        #expect(counts.contains("a judge,planted,,gender,man,,0.81\n"))
        #expect(counts.contains("a judge,dpo,40,gender,man,12,0.5\n"))
    }

    @Test("sheets and figures go out with their labels")
    func pictures() throws {
        var model = Self.model()
        func content(_ effects: [WorkbenchEffect]) throws -> ExportedFile.Content {
            guard case .write(let file) = try #require(effects.first) else {
                throw CancellationError()
            }
            return file.content
        }
        guard case .figure(let sheet) = try content(model.press(.character("x"), .character("p")))
        else { return #expect(Bool(false), "no sheet") }
        #expect(sheet.width > 8 * 96 && sheet.height > 5 * 96)
        for page in [[Key.character("h")], [.character("m")]] {
            for key in page { _ = model.press(key) }
            guard
                case .figure(let figure) = try content(
                    model.press(.character("x"), .character("s")))
            else { return #expect(Bool(false), "no figure") }
            let svg = figure.svg()
            for word in ["planted", "base", "uniform", "fdpo-js", "40", "woman", "step"] {
                #expect(svg.contains(word), "\(word)")
            }
        }
        // Before anything was sampled there is nothing to write.
        var empty = WorkbenchModel()
        _ = update(&empty, .resized(width: 80, height: 24))
        #expect(empty.press(.character("5"), .character("x"), .character("c")).isEmpty)
    }

    @Test("a click chooses a picture, a second one opens it, the wheel changes rows")
    func mouse() throws {
        var model = Self.model()
        func click(_ text: String) throws -> MouseEvent {
            let frame = snapshotFrame(model, width: 120, height: 40, theme: .builtin)
            _ = update(&model, .drawn(frame.hitAreas))
            let area = try #require(
                frame.hitAreas.last {
                    if case .item(.population, _)? = $0.target as? MouseTarget {
                        true
                    } else {
                        false
                    }
                }, "\(text)")
            return MouseEvent(.press(button: 1), x: area.rect.x, y: area.rect.y)
        }
        let event = try click("a picture")
        #expect(model.press(.mouse(event)).isEmpty)
        #expect(model.galleryContender.name == "fdpo-js" && model.gallery.page == .gallery)
        #expect(model.press(.mouse(event)).count == 1)
        #expect(model.gallery.page == .picture)
        _ = model.press(.escape)
        _ = model.press(.mouse(MouseEvent(.scrollUp, x: event.x, y: event.y)))
        #expect(model.galleryContender.name == "popalign")
    }
}

/// What an engine tells the population view beyond the scripted session.
enum PopulationScript {
    static var events: [Event] {
        var events: [Event] = []
        for (lane, shift) in zip(Scripted.settings.map(\.name), [0, 2, 4, 6]) {
            events.append(
                .populationHistory(
                    PopulationHistory(
                        lane: lane, prompt: "a judge", attribute: "gender",
                        classes: ["man", "woman", "person"],
                        points: (1...3).map {
                            .init(
                                step: 10 * $0, counts: [20 - $0 * shift / 2, 2 + $0 * shift / 2, 2])
                        })))
            events.append(
                .populationHistory(
                    PopulationHistory(
                        lane: lane, prompt: "a judge", attribute: "tone",
                        classes: ["light", "medium-light", "medium", "medium-dark", "dark"],
                        points: (1...3).map {
                            .init(step: 10 * $0, counts: [12 - $0, 6, 4 + $0, 1, 1])
                        })))
        }
        events.append(
            .planted(
                PlantedDistribution(
                    prompt: "a judge", attribute: "gender", classes: ["man", "woman", "person"],
                    shares: [0.81, 0.09, 0.1])))
        events.append(
            .planted(
                PlantedDistribution(
                    prompt: "a judge", attribute: "tone",
                    classes: ["light", "medium-light", "medium", "medium-dark", "dark"],
                    shares: [0.45, 0.25, 0.15, 0.1, 0.05])))
        for (row, lane) in (["base"] + Scripted.settings.map(\.name)).enumerated() {
            events.append(.thumbnails(sheet(lane, row: row, step: row == 0 ? 0 : 40)))
        }
        return events
    }

    /// Faces by formula: who is seen depends on lane and noise.
    static func sheet(_ lane: String, row: Int, step: Int) -> Thumbnails {
        let genders = ["man", "woman", "person"]
        let tones = ["light", "medium-light", "medium", "medium-dark", "dark"]
        let pictures = (0..<8).map { index in
            Thumbnails.Picture(
                rgb: face(tone: (index * (row + 1)) % 5, shade: index),
                label: "\(genders[(index * row) % 3]), \(tones[(index * (row + 1)) % 5])",
                confidence: 0.55 + 0.05 * Double((index * 3 + row) % 9))
        }
        return Thumbnails(
            lane: lane, prompt: "a judge", step: step, width: 32, height: 32, pictures: pictures)
    }

    static func face(tone: Int, shade: Int, blur: Int = 0) -> [UInt8] {
        var rgb: [UInt8] = []
        for y in 0..<32 {
            for x in 0..<32 {
                let square = (x - 16) * (x - 16) + (y - 12) * (y - 12)
                let isBody = y > 20 && abs(x - 16) < y - 12
                let level = UInt8(max(40, 230 - 40 * tone))
                let grey = UInt8(min(255, 120 + blur * ((x * 7 + y * 13) % 9)))
                if blur > 0, (x + y) % 2 == 0 {
                    rgb += [grey, grey, grey]
                } else if square < 70 {
                    rgb += [level, UInt8(Int(level) * 4 / 5), UInt8(Int(level) * 3 / 5)]
                } else if isBody {
                    rgb += [UInt8(30 * (shade % 8)), 90, 150]
                } else {
                    rgb += [250, 250, 250]
                }
            }
        }
        return rgb
    }

    static func film(_ lane: String, index: Int, step: Int) -> Film {
        Film(
            lane: lane, prompt: "a judge", index: index, step: step, inferenceSteps: 12, width: 32,
            height: 32,
            frames: (1...6).map { frame in
                Film.Frame(
                    taken: 2 * frame, timestep: 1000 - 160 * frame,
                    rgb: face(tone: index % 5, shade: index, blur: 6 - frame),
                    label: frame < 3 ? "person, medium" : "man, light",
                    confidence: 0.3 + 0.1 * Double(frame))
            })
    }
}
