import BenchProtocol
import TerminalKit
import Testing
import Workbench

@Suite("Drawing at every size")
struct RenderPropertyTests {
    /// A small generator with a seed: the same seed gives the same test.
    struct Dice: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let mixed = (state ^ (state >> 33)) &* 0xff51_afd7_ed55_8ccd
            return mixed ^ (mixed >> 29)
        }
    }

    static let keys: [Key] =
        " .npsgSec12345678zwWvV+-a?Lxt_XyqrlN".map { Key.character($0) } + [
            .tab, .backTab, .enter, .up, .down, .left, .right, .home, .end, .pageUp, .pageDown,
            .escape, .control("c"), .function(1), .paste("x"), .resize,
        ]

    /// Numbers and texts that no engine should send.
    static func hostile(_ dice: inout Dice) -> [Event] {
        let odd = [Double.nan, .infinity, -.infinity, 1e308, -1e308, 0, 1e-300]
        var metrics = StepMetrics(lane: "dpo", step: Int.max)
        metrics.loss = odd.randomElement(using: &dice) ?? 0
        metrics.winnerLogRatio = odd.randomElement(using: &dice) ?? 0
        var state = Scripted.state(step: 7)
        state.selectedPrompt = "a \u{7}\n\u{1F468}\u{200D}\u{2695} 医生 judge with a very long name"
        state.lanes += (0..<20).map { index in
            LaneState(
                settings: Scripted.lane(
                    "lane \(index) 医生医生医生医生医生", "f-dpo", divergence: "alpha", beta: 1e300),
                step: -index)
        }
        state.savedAt = odd.randomElement(using: &dice)
        state.stepsPerSecond = odd.randomElement(using: &dice) ?? 0
        state.secondsLeft = odd.randomElement(using: &dice) ?? 0
        var field = Scripted.field(1, step: 50)
        field.arrows[3].x = odd.randomElement(using: &dice) ?? 0
        field.points[0].y = odd.randomElement(using: &dice) ?? 0
        field.shareOnWinner = odd.randomElement(using: &dice) ?? 0
        var ragged = Scripted.field(2, step: 50)
        ragged.arrows.removeLast(5)
        var histogram = Scripted.histogram("dpo", "gender", [0, 0, 0], step: 50)
        histogram.counts = [Int.max, Int.max, Int.max]
        var none = Scripted.histogram("sft", "gender", [0, 0, 0], step: 50)
        none.discrepancy = .nan
        let sheet = Thumbnails(
            lane: "dpo", prompt: "a judge", step: 50, width: 1, height: 3,
            pictures: [.init(rgb: [1, 2, 3, 4, 5, 6, 7, 8, 9], label: "", confidence: .nan)])
        return [
            .step(metrics), .state(state), .field(field), .field(ragged), .population(histogram),
            .population(none), .thumbnails(sheet),
            .progress(
                TaskProgress(
                    task: "x", done: -3, total: 0, secondsLeft: .nan, message: "医\n生")),
            .curve(
                Curve(
                    lane: "dpo", quantity: "loss", firstStep: .min, lastStep: .max,
                    buckets: [.init(step: Int.max, minimum: .nan, maximum: 1e308, mean: -1e308)])),
            .evaluation(
                Evaluation(
                    lane: "base", step: 0,
                    figures: [.init(name: "", value: .nan, low: .infinity, high: 1e300, n: -1)])),
            .failure(Failure(message: "\u{1B}[31m no", fatal: false)),
            .log(LogLine(level: .error, message: "", time: .nan)),
        ]
    }

    @Test("no size, event order or key makes drawing trap, and every frame has the asked size")
    func everySize() {
        var dice = Dice(state: 20)
        var events = Scripted.events(steps: 12).shuffled(using: &dice)
        var model = WorkbenchModel(themeNames: ["a", "b"], exportFolder: "out")
        var frames = 0
        var size = 0
        for height in stride(from: 1, through: 45, by: 2) {
            for width in stride(from: 1, through: 130, by: 7) {
                _ = update(&model, .resized(width: width, height: height))
                for _ in 0..<3 {
                    if let event = events.popLast() { _ = update(&model, .event(event)) }
                    if let key = Self.keys.randomElement(using: &dice) {
                        _ = update(&model, .key(key))
                    }
                }
                if events.isEmpty {
                    events = (Scripted.events(steps: 12) + Self.hostile(&dice))
                        .shuffled(using: &dice)
                }
                if frames % 97 == 0 {
                    _ = update(&model, .engineLost(reason: "gone", lastLogLines: ["a", "b"]))
                }
                _ = update(&model, .clock(Scripted.clock + Double(frames)))
                let canvas = snapshotFrame(model, width: width, height: height, theme: .builtin)
                #expect(canvas.width == width && canvas.height == height)
                frames += 1
                size += canvas.plainText().utf8.count
            }
        }
        #expect(frames == 23 * 19)
        #expect(size > 0)
    }

    @Test("each zoomed panel and each overlay draws at every size around its limits")
    func everyPanel() {
        for panel in Panel.allCases {
            var model = Scripted.model()
            while model.focusedPanel != panel { _ = model.type("w") }
            _ = model.type("z")
            for (width, height) in [(40, 12), (41, 13), (79, 23), (80, 24), (119, 36), (120, 36)] {
                for overlay in ["", "?", "?zoom", ":", ":lane 2", "t", "x", "G", "q", "C"] {
                    var shown = model
                    _ = shown.type(overlay)
                    let frame = snapshotFrame(
                        shown, width: width, height: height, theme: .builtin)
                    #expect(frame.plainText().contains("╭"))
                }
            }
        }
    }

    @Test("panels tile the screen without overlap at every size with room for panels")
    func layoutTiles() {
        for height in 12...60 {
            for width in stride(from: 40, through: 240, by: 3) {
                let sizeClass = SizeClass(width: width, height: height)
                let frame = ScreenFrame(Rect(width: width, height: height), sizeClass)
                let layout = DashboardLayout(
                    frame.view, sizeClass, only: nil, focused: .curves)
                var covered = 0
                for (index, item) in layout.panels.enumerated() {
                    covered += item.rect.width * item.rect.height
                    #expect(item.rect.maxX <= width && item.rect.maxY <= height - 2)
                    for other in layout.panels.dropFirst(index + 1) {
                        #expect(item.rect.intersection(other.rect).isEmpty)
                    }
                }
                #expect(covered == width * frame.view.height, "\(width)x\(height)")
                if sizeClass == .full || sizeClass == .compact {
                    #expect(layout.panels.map(\.panel) == Panel.allCases)
                }
            }
        }
    }

    @Test("every size class shows what it promises")
    func sizeClasses() {
        var model = Scripted.model()
        model.colorDepth = .mono
        for (width, height) in [(80, 24), (120, 36), (120, 40), (200, 50)] {
            let text = snapshotFrame(model, width: width, height: height, theme: .builtin)
                .plainText()
            for promised in [
                "loss", "lanes", "gradient field", "who appears", "samples", "training",
                "step 40/2000", "quit", "popalign", "js", "no field",
                height >= 40 ? "person" : "mwp",
            ] {
                #expect(text.contains(promised), "\(promised) at \(width)x\(height)")
            }
        }
        let small = snapshotFrame(model, width: 40, height: 12, theme: .builtin).plainText()
        for promised in ["popalign", "D gen", "training", "quit"] {
            #expect(small.contains(promised))
        }
        let tiny = snapshotFrame(model, width: 39, height: 30, theme: .builtin).plainText()
        #expect(tiny.split(separator: "\n").joined(separator: " ").contains("needs 40x12"))
    }

    @Test("the zoomed samples are exact: one cell a pixel across, two pixels down")
    func exactPictures() throws {
        var model = Scripted.model()
        while model.focusedPanel != .samples { _ = model.type("w") }
        _ = model.type("z")
        let frame = snapshotFrame(model, width: 120, height: 40, theme: .builtin)
        let sheet = try #require(model.sheets.sheet(lane: "base", prompt: "a judge"))
        let picture = sheet.pictures[0].rgb
        func pixel(_ x: Int, _ y: Int) -> Color {
            let index = (y * 32 + x) * 3
            return Color(red: picture[index], green: picture[index + 1], blue: picture[index + 2])
        }
        // Before the pictures stand the names, in as much width as is left over.
        let left = try #require((0..<120).first { frame[$0, 2].glyph == "▀" })
        for row in 0..<16 {
            for column in 0..<32 {
                let cell = frame[left + column, 2 + row]
                #expect(cell.glyph == "▀")
                #expect(cell.style.foreground == pixel(column, 2 * row))
                #expect(cell.style.background == pixel(column, 2 * row + 1))
            }
        }
    }

    @Test("picture grids never exceed their rectangle and give everyone a picture")
    func grids() {
        for height in 1...40 {
            for width in stride(from: 6, through: 160, by: 5) {
                for contenders in 1...9 {
                    guard
                        let grid = PictureGrid(
                            width: width, height: height, contenders: contenders, pictures: 8,
                            least: 1, largest: 16, smallest: 2)
                    else { continue }
                    let strip =
                        PictureGrid.gutter + grid.picturesPerStrip * (grid.pictureWidth + 1)
                    #expect(strip * grid.stripsPerRow <= width)
                    let cell = grid.pictureHeight + (grid.hasLabels ? 1 : 0)
                    #expect(cell * grid.rows <= height)
                    #expect(grid.rows * grid.stripsPerRow >= contenders)
                    #expect(grid.picturesPerStrip >= 1)
                }
            }
        }
    }
}
