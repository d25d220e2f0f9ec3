import Foundation
import Glibc
import TerminalKit
import Testing

#if compiler(>=6.2)
    /// In a process of its own, which makes a pseudo-terminal its standard input and output.
    @Suite("Pictures in a pseudo-terminal")
    struct PictureScrollTests {
        @Test("10,000 random pictures scroll by and every one has its own colours")
        func pairs() async {
            await #expect(processExitsWith: .exitCode(0)) {
                let (across, down, side) = (12, 6, 8)
                let (width, height) = (across * 2 * side, down * side)
                let terminal = PseudoTerminal(width: UInt16(width), height: UInt16(height))
                let cache = FileManager.default.temporaryDirectory
                    .appendingPathComponent("cache-\(UUID().uuidString)").path
                defer { try? FileManager.default.removeItem(atPath: cache) }
                var environment = terminal.environment
                environment["COLORTERM"] = "truecolor"
                environment["XDG_CACHE_HOME"] = cache
                let curses = CursesTerminal(environment: environment)
                try curses.start()
                guard curses.colorDepth == .direct else { _exit(2) }
                var random = RandomSource(seed: 3)
                var canvas = Canvas(width: width, height: height)
                var shown = 0
                var frame = 0
                while shown < 10_000 {
                    // A page of the gallery that nobody has seen yet.
                    for place in 0..<(across * down) {
                        let rgb = (0..<(4 * side * side)).flatMap { _ -> [UInt8] in
                            let color = random.color()
                            return [color.red, color.green, color.blue]
                        }
                        guard let image = PixelImage(width: 2 * side, height: 2 * side, rgb: rgb)
                        else { _exit(3) }
                        canvas.draw(
                            CellImage.halfBlocks(image),
                            in: Rect(
                                x: place % across * 2 * side, y: place / across * side,
                                width: 2 * side, height: side))
                    }
                    shown += across * down
                    frame += 1
                    // Scrolling answers keys; pairs must last without a frame of data between.
                    let isLookedAt = frame % 9 == 0 || frame > 135
                    if isLookedAt { terminal.forget() }
                    curses.draw(canvas, reason: frame % 4 == 0 ? .data : .input)
                    guard isLookedAt else { continue }
                    let written = Set(
                        terminal.output().split(separator: "\u{1B}").map { part in
                            String(part.prefix { $0 != "m" })
                        })
                    for y in stride(from: 0, to: height, by: 5) {
                        for cell in canvas.row(y).dropFirst() {
                            guard let color = cell.style.background.map(ColorQuantizer.coarse)
                            else { _exit(4) }
                            let code = "[48;2;\(color.red);\(color.green);\(color.blue)"
                            if color.hex >= 8, !written.contains(code) { _exit(5) }
                        }
                    }
                }
                curses.stop()
                _exit(0)
            }
        }
    }
#endif
