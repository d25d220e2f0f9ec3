import TerminalKit
import Testing

@Suite("Colours")
struct ColorTests {
    @Test("the 256-colour entry chosen is as near as any other")
    func nearest256() {
        var random = RandomSource(seed: 8)
        let quantizer = ColorQuantizer(depth: .palette256)
        for _ in 0..<3000 {
            let color = random.color()
            let chosen = ColorQuantizer.paletteColor(Int(quantizer.index(of: color)))
            let best = (16...255).map { ColorQuantizer.paletteColor($0).distance(to: color) }.min()
            #expect(chosen.distance(to: color) == best)
        }
    }

    @Test("pure colours keep their palette entry, and no depth exceeds its palette")
    func palettes() {
        #expect(ColorQuantizer(depth: .palette8).index(of: Color(hex: 0xFF0000)) == 1)
        #expect(ColorQuantizer(depth: .palette16).index(of: Color(hex: 0xFF0000)) == 9)
        #expect(ColorQuantizer(depth: .palette16).index(of: Color(hex: 0xFFFFFF)) == 15)
        #expect(ColorQuantizer(depth: .mono).index(of: Color(hex: 0xFFFFFF)) == -1)
        #expect(ColorQuantizer(depth: .direct).index(of: nil) == -1)
        #expect(ColorQuantizer(depth: .direct).index(of: Color(hex: 0x000003)) == 8)
        #expect(ColorQuantizer(depth: .direct).index(of: Color(hex: 0x123456)) == 0x123456)
        var random = RandomSource(seed: 9)
        for (depth, limit) in [(ColorDepth.palette8, 8), (.palette16, 16), (.palette256, 256)] {
            let quantizer = ColorQuantizer(depth: depth)
            for _ in 0..<200 {
                #expect((0..<Int32(limit)).contains(quantizer.index(of: random.color())))
            }
        }
    }

    @Test("a picture's colours become at most 64 levels a channel, a step of 3 away at most")
    func coarse() {
        let reds = Set((0...255).map { ColorQuantizer.coarse(Color(hex: UInt32($0) << 16)).red })
        #expect(reds.count == 64 && reds.contains(0) && reds.contains(255))
        for value in 0...255 {
            let red = ColorQuantizer.coarse(Color(hex: UInt32(value) << 16)).red
            #expect(abs(Int(red) - value) <= 3)
        }
    }

    @Test("10,000 random pictures never exhaust the pairs")
    func pairs() {
        var random = RandomSource(seed: 10)
        var pairs = ColorPairs(capacity: 65_000)
        let quantizer = ColorQuantizer(depth: .direct)
        var resets = 0
        var isValid = true
        for _ in 0..<10_000 {
            if pairs.needsReset {
                pairs.reset()
                resets += 1
            }
            var defined: Set<Int> = []
            for _ in 0..<512 {
                let top = quantizer.index(of: ColorQuantizer.coarse(random.color()))
                let bottom = quantizer.index(of: ColorQuantizer.coarse(random.color()))
                let pair = pairs.number(foreground: top, background: bottom)
                isValid = isValid && (1..<65_000).contains(pair.number)
                // A number is given once between resets.
                if pair.isNew { isValid = isValid && defined.insert(pair.number).inserted }
                isValid = isValid && !pairs.isFull
            }
        }
        #expect(isValid)
        #expect(resets > 0 && resets < 200)
    }

    @Test("a full table answers with a pair of the same foreground and never beyond its end")
    func fullPairs() {
        var pairs = ColorPairs(capacity: 4)
        #expect(pairs.number(foreground: -1, background: -1) == .init(number: 0, isNew: false))
        for index in 1...3 {
            #expect(
                pairs.number(foreground: Int32(index), background: 0)
                    == .init(number: index, isNew: true))
        }
        #expect(pairs.isFull)
        #expect(pairs.number(foreground: 2, background: 9) == .init(number: 2, isNew: false))
        #expect(pairs.number(foreground: 7, background: 9) == .init(number: 0, isNew: false))
        pairs.reset()
        #expect(pairs.number(foreground: 7, background: 9) == .init(number: 1, isNew: true))
    }

    @Test("the option wins over NO_COLOR, which wins over the terminal")
    func detection() {
        func detect(
            _ environment: [String: String], _ colors: Int, _ option: ColorDepth? = nil
        ) -> ColorDepth {
            .detect(option: option, environment: environment, terminfoColors: colors)
        }
        #expect(detect([:], 256) == .palette256)
        #expect(detect([:], 16) == .palette16)
        #expect(detect([:], 8) == .palette8)
        #expect(detect([:], -1) == .mono)
        #expect(detect([:], 0x1000000) == .direct)
        #expect(detect(["COLORTERM": "truecolor"], 256) == .direct)
        #expect(detect(["COLORTERM": "24bit"], 256) == .direct)
        #expect(detect(["COLORTERM": "yes"], 256) == .palette256)
        #expect(detect(["NO_COLOR": "1", "COLORTERM": "truecolor"], 256) == .mono)
        #expect(detect(["NO_COLOR": ""], 256) == .palette256)
        #expect(detect(["NO_COLOR": "1"], 256, .palette16) == .palette16)
        #expect(ColorDepth(option: "256") == .palette256 && ColorDepth(option: "x") == nil)
    }

    @Test("colours are read as they are written, and nothing else is")
    func texts() {
        var random = RandomSource(seed: 11)
        for _ in 0..<100 {
            let color = random.color()
            #expect(Color(text: color.text) == color)
        }
        #expect(Color(text: "#0f8") == Color(hex: 0x00FF88))
        for bad in ["", "#", "#12", "#12345", "123456", "#12345g", "#1234567", "#１２３"] {
            #expect(Color(text: bad) == nil)
        }
    }
}
