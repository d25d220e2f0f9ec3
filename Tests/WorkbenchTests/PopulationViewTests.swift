import BenchProtocol
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
