import BenchProtocol
import Foundation
import TerminalKit
import Testing
import Workbench

/// Every shipped theme on every view and overlay: what is written can be read.
@Suite("Readability")
struct ReadabilityTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("themes")
        .path
    static let coloured = ["dark", "light", "high-contrast", "colour-blind"]

    /// The relative luminance of WCAG 2.
    static func luminance(_ color: Color) -> Double {
        func channel(_ value: UInt8) -> Double {
            let share = Double(value) / 255
            return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * channel(color.red) + 0.7152 * channel(color.green)
            + 0.0722 * channel(color.blue)
    }

    /// The contrast ratio of WCAG 2, 1 to 21.
    static func contrast(_ a: Color, _ b: Color) -> Double {
        let (x, y) = (luminance(a), luminance(b))
        return (max(x, y) + 0.05) / (min(x, y) + 0.05)
    }

    /// Every view, and every overlay over the dashboard.
    static func screens(width: Int, height: Int) -> [(name: String, model: WorkbenchModel)] {
        var screens: [(String, WorkbenchModel)] = []
        for view in BenchView.allCases {
            var model = Scripted.model(width: width, height: height)
            _ = update(&model, .note(.warning, "lane dpo: likelihood displacement"))
            _ = update(&model, .show(view))
            screens.append((view.rawValue, model))
            // Something chosen, and a mouse-free walk into what can be entered.
            _ = model.press(.down, .up)
            screens.append(("\(view.rawValue), chosen", model))
            _ = model.press(.enter)
            screens.append(("\(view.rawValue), entered", model))
        }
        for keys in [":", ":prompt a", "?", "?margin", "t", "x", "G", "q", "C", "X"] {
            var model = Scripted.model(width: width, height: height)
            _ = model.type(keys)
            screens.append((keys, model))
        }
        var lost = Scripted.model(width: width, height: height)
        _ = update(&lost, .engineLost(reason: "killed by signal 9", lastLogLines: ["step 40"]))
        screens.append(("lost", lost))
        var empty = WorkbenchModel(themeNames: ["dark"])
        _ = update(&empty, .resized(width: width, height: height))
        _ = update(&empty, .newcomer)
        screens.append(("empty", empty))
        return screens
    }

    @Test(
        "letters stand out by 4.5 to 1 and graphics by 3 to 1 on every screen", arguments: coloured)
    func everyScreen(name: String) throws {
        let theme = try Theme.load(name: name, directories: [Self.folder])
        for (width, height) in [(80, 24), (120, 40)] {
            for (screen, original) in Self.screens(width: width, height: height) {
                var model = original
                // Pictures have colours of their own.
                model.colorDepth = .mono
                let frame = snapshotFrame(model, width: width, height: height, theme: theme)
                var worst: [String: (ratio: Double, text: String)] = [:]
                for y in 0..<height {
                    for cell in frame.row(y) {
                        guard let ink = cell.style.foreground, let paper = cell.style.background,
                            let least = Self.leastContrast(of: cell.glyph)
                        else { continue }
                        let isReversed = cell.style.attributes.contains(.reverse)
                        let ratio = isReversed ? 21 : Self.contrast(ink, paper)
                        if ratio < least {
                            worst["\(ink.text) on \(paper.text)"] = (
                                ratio, "row \(y): \(cell.glyph)"
                            )
                        }
                    }
                }
                #expect(worst.isEmpty, "\(screen) at \(width)x\(height): \(worst)")
            }
        }
    }

    /// What a glyph has to stand out by; nil for what is not there to be read.
    static func leastContrast(of glyph: Character) -> Double? {
        guard let scalar = glyph.unicodeScalars.first else { return nil }
        switch scalar.value {
        case 0x20: return nil
        // Raw lines are faint on purpose, behind the smoothed ones; so are half shades.
        case 0x2800...0x28FF, 0x2591...0x2593: return nil
        // Lines, blocks, arrows, marks.
        case 0x2190...0x21FF, 0x2500...0x25FF: return nil
        default: return glyph.isLetter || glyph.isNumber ? 4.5 : 3
        }
    }

    @Test("roles that are graphics stand out by 3 to 1", arguments: coloured)
    func graphics(name: String) throws {
        let theme = try Theme.load(name: name, directories: [Self.folder])
        let paper = try #require(theme.background)
        for role: ThemeRole in [
            .border, .borderFocus, .axis, .base, .marker, .gauge, .winner, .loser,
        ] {
            let ink = try #require(theme.style(for: role).foreground)
            #expect(Self.contrast(ink, paper) >= 3, "\(role)")
        }
        for (index, ink) in theme.series.enumerated() {
            #expect(Self.contrast(ink, paper) >= 4.5, "series \(index)")
        }
        // The ends of the ramp are apart from each other; its least may be near the ground.
        #expect(Self.contrast(try #require(theme.ramp.first), try #require(theme.ramp.last)) >= 3)
    }

    @Test("in 16 and in 256 colours no text has the colour of its ground", arguments: coloured)
    func fewColours(name: String) throws {
        let theme = try Theme.load(name: name, directories: [Self.folder])
        for depth in [ColorDepth.palette256, .palette16, .palette8] {
            let quantizer = ColorQuantizer(depth: depth)
            let inks =
                ThemeRole.allCases.map { theme.style(for: $0).foreground } + theme.series.map { $0 }
            for role in [ThemeRole.text, .dialog, .selection] {
                let paper = theme.style(for: role).background
                for ink in inks where ink != paper {
                    let (front, back) = quantizer.indices(of: ink, on: paper)
                    #expect(front != back, "\(ink?.text ?? "") on \(role) in \(depth)")
                }
            }
            // Good, doubtful and bad are three colours.
            let verdicts = [ThemeRole.ok, .warn, .error].map {
                quantizer.index(of: theme.style(for: $0).foreground)
            }
            if depth != .palette8 { #expect(Set(verdicts).count == 3, "\(verdicts) in \(depth)") }
        }
    }

    @Test("without colours, focus, choice and refusal differ by attributes alone")
    func mono() throws {
        let theme = try Theme.load(name: "mono", directories: [Self.folder])
        #expect(theme.style(for: .border).attributes != theme.style(for: .borderFocus).attributes)
        #expect(theme.style(for: .selection).attributes.contains(.reverse))
        #expect(theme.style(for: .dim).attributes != theme.style(for: .text).attributes)
        #expect(theme.style(for: .warn).attributes != theme.style(for: .error).attributes)
        for (_, original) in Self.screens(width: 80, height: 24) {
            var model = original
            model.colorDepth = .mono
            let frame = snapshotFrame(model, width: 80, height: 24, theme: theme)
            for y in 0..<24 {
                for cell in frame.row(y) {
                    #expect(cell.style.foreground == nil && cell.style.background == nil)
                }
            }
        }
    }
}
