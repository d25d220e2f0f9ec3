import Foundation
import Pictures
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite("popbench fields", .serialized)
struct FieldsCommandTests {
    private struct Pull: Decodable, Equatable {
        var x1: Double
        var x2: Double
        var loss: Double?
        var d_x1: Double?
        var d_x2: Double?
        var ratio: Double?
    }

    private let program: Program

    init() throws { program = Program(try Scratch()) }

    private func pulls(_ arguments: String...) throws -> [Pull] { try pulls(arguments) }

    private func pulls(_ arguments: [String]) throws -> [Pull] {
        let outcome = try program.run(["fields", "--json"] + arguments)
        #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
        return try outcome.output.split(separator: "\n").map {
            try JSONDecoder().decode(Pull.self, from: Data($0.utf8))
        }
    }

    private func agree(_ found: Double?, _ expected: Double) -> Bool {
        found.map { abs($0 - expected) < 1e-12 * max(1, abs(expected)) } ?? false
    }

    @Test("the points asked for come in their order, with the values worked out by hand")
    func points() throws {
        let found = try pulls(
            "--divergence", "js", "--beta", "1", "--at", "2,0.5", "--at", "1,1")
        #expect(found.map(\.x1) == [2, 1] && found.map(\.x2) == [0.5, 1])
        #expect(agree(found[0].loss, log(1.5)) && agree(found[1].loss, log(2)))
        #expect(agree(found[0].d_x1, -1.0 / 18) && agree(found[0].d_x2, 4.0 / 9))
        #expect(agree(found[1].d_x1, -0.25) && agree(found[1].d_x2, 0.25))
        #expect(agree(found[0].ratio, 0.125) && agree(found[1].ratio, 1))
    }

    @Test(
        "each divergence has its ratio, and a larger beta the same",
        arguments: [
            (["reverse-kl"], 0.25), (["forward-kl"], 0.0625), (["js"], 0.125),
            (["alpha", "--alpha", "0.5"], 0.125), (["jeffreys"], 0.125),
        ])
    func ratios(divergence: [String], ratio: Double) throws {
        for beta in ["1", "7.5"] {
            let found = try pulls(
                ["--divergence"] + divergence + ["--beta", beta, "--at", "2,0.5"])
            #expect(agree(found.first?.ratio, ratio))
        }
    }

    @Test("without points there is a grid on log axes, symmetric about 1")
    func grid() throws {
        let found = try pulls("--divergence", "reverse-kl")
        #expect(found.count == 81)
        #expect(found.first?.x1 == 0.01 && found.first?.x2 == 0.01)
        #expect(found[40].x1 == 1 && found[40].x2 == 1 && found.last?.x1 == 100)
        #expect(found.allSatisfy { ($0.d_x1 ?? 1) < 0 && ($0.d_x2 ?? -1) > 0 })
        #expect(found.allSatisfy { agree($0.ratio, $0.x2 / $0.x1) })
    }

    @Test("other objectives have fields too: Diffusion-DPO that of reverse KL, KTO a flat one afar")
    func objectives() throws {
        let dpo = try pulls("--objective", "diffusion-dpo", "--beta", "2000", "--at", "3,0.2")
        let reverse = try pulls("--divergence", "reverse-kl", "--beta", "1", "--at", "3,0.2")
        #expect(dpo == reverse)
        let kto = try pulls(
            "--objective", "diffusion-kto", "--beta", "1000", "--at", "1,1", "--at", "1e-30,1")
        #expect(agree(kto[0].loss, 0.5) && agree(kto[0].d_x1, -0.125))
        #expect(abs(kto[1].d_x1 ?? 1) < 1)
        let popAlign = try pulls(
            "--objective", "popalign", "--divergence", "js", "--beta", "2", "--at", "1,1")
        #expect(agree(popAlign[0].d_x1, -0.25))
    }

    @Test("far out the numbers stay numbers, and what overflows is null")
    func extremes() throws {
        let found = try pulls(
            "--divergence", "forward-kl", "--beta", "1000", "--at", "1e-308,1e308", "--at",
            "1e308,1e-308")
        #expect(found[0].loss?.isFinite == true && found[0].d_x1 == nil)
        #expect(found[1].loss == 0 && found[1].d_x1 == 0)
    }

    @Test("for people there is a table with a heading")
    func table() throws {
        let outcome = try program.run(
            "fields", "--divergence", "js", "--beta", "1", "--at", "1,1")
        #expect(outcome.status == 0)
        let rows = outcome.output.split(separator: "\n").map {
            $0.split(separator: " ").map(String.init)
        }
        #expect(rows.count == 2 && rows[0] == ["x1", "x2", "loss", "d_x1", "d_x2", "ratio"])
        #expect(rows[1] == ["1", "1", "0.693147", "-0.25", "0.25", "1"])
    }

    @Test(
        "the field is drawn as SVG: an arrow for each place, a mark for each point, words on axes")
    func svg() throws {
        let outcome = try program.run(
            "fields", "--divergence", "js", "--beta", "1", "--at", "2,0.5", "--output", "js.svg")
        #expect(outcome.status == 0 && outcome.output == "wrote js.svg\n")
        let bytes = try program.scratch.bytes("js.svg")
        #expect(XMLParser(data: bytes).parse())
        let text = String(decoding: bytes, as: UTF8.self)
        // Seventeen rows of seventeen, and three in the legend.
        #expect(text.components(separatedBy: "<polygon").count - 1 == 17 * 17 + 3)
        #expect(text.components(separatedBy: "<circle").count - 1 == 2)
        for words in [">f-dpo, js, beta 1<", "X1, the winner", "X2, the loser", ">0.01<", ">100<"] {
            #expect(text.contains(words), "\(words)")
        }
    }

    @Test("the field is drawn as PNG: arrows in its colours on paper, a mark where the point is")
    func png() throws {
        for (divergence, counts) in [("js", true), ("reverse-kl", false)] {
            let name = "\(divergence).PNG"
            let outcome = try program.run(
                "fields", "--divergence", divergence, "--beta", "1", "--at", "1,1", "--output",
                name, "--json")
            #expect(outcome.status == 0 && outcome.output.hasPrefix("{\"x1\":1.0,"))
            let picture = try Picture(readingPNG: program.scratch.path + "/" + name)
            #expect(picture.width == 1544 && picture.height == 1672)
            #expect(picture[x: 0, y: 0] == .white)
            // X1 = X2 = 1 is the middle of the axes.
            #expect(
                picture[x: 838, y: 774] == PictureColor(red: 0x1A, green: 0x20, blue: 0x2C))
            var colours: [UInt32: Int] = [:]
            for start in stride(from: 0, to: 1544 * 1400 * 3, by: 3) {
                let rgb = picture.rgb[start..<start + 3].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
                colours[rgb, default: 0] += 1
            }
            // Reverse KL pulls and pushes alike everywhere; for the others the side decides.
            #expect((colours[0x2B6CB0, default: 0] > 10_000) == counts)
            #expect((colours[0xC05621, default: 0] > 10_000) == counts)
            #expect((colours[0x718096, default: 0] > 20_000) == !counts)
        }
    }

    @Test("points far out are on the figure as well")
    func farPoints() throws {
        let outcome = try program.run(
            "fields", "--divergence", "alpha", "--alpha", "0.3", "--at", "1e5,1e-300", "--output",
            "far.svg")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let text = String(decoding: try program.scratch.bytes("far.svg"), as: UTF8.self)
        let circles = text.matches(of: /<circle cx="([-\d.]+)" cy="([-\d.]+)" r="5"/)
        let place = try #require(circles.first)
        let (x, y) = (Double(place.output.1) ?? -1, Double(place.output.2) ?? -1)
        #expect((96...742).contains(x) && (64...710).contains(y))
        #expect(!text.contains("nan") && !text.contains("inf"))
    }

    @Test(
        "what has no field or cannot be understood ends with status 64 and the reason",
        arguments: [
            (["--objective", "sft"], "no field"), ([], "needs a divergence"),
            (["--divergence", "tv"], "f'(0) is finite"),
            (["--divergence", "kl"], "reverse-kl"),
            (["--divergence", "alpha"], "needs alpha"),
            (["--divergence", "alpha", "--alpha", "1"], "both excluded"),
            (["--divergence", "js", "--alpha", "0.5"], "remove it"),
            (["--divergence", "js", "--beta", "0"], "positive"),
            (["--divergence", "js", "--beta", "nan"], "positive"),
            (["--objective", "diffusion-dpo", "--kappa", "-1"], ""),
            (["--objective", "diffusion-dpo", "--divergence", "js"], "has no divergence"),
            (["--objective", "ppo"], "unknown objective"),
            (["--divergence", "js", "--at", "1"], "--at"),
            (["--divergence", "js", "--at", "0,1"], "--at"),
            (["--divergence", "js", "--at", "1,2,3"], "--at"),
            (["--divergence", "js", "--at", "inf,1"], "--at"),
            (["--divergence", "js", "--output", "field.pdf"], ".svg or .png"),
        ])
    func usage(arguments: [String], reason: String) throws {
        let outcome = try program.run(["fields"] + arguments)
        #expect(outcome.hasExited && outcome.status == 64)
        #expect(outcome.output.isEmpty)
        #expect(reason.isEmpty || outcome.errors.contains(reason), "\(outcome.errors)")
        #expect(program.scratch.names().allSatisfy { $0.hasPrefix("run-") })
    }

    @Test("a file that cannot be written is an error that names it", arguments: ["svg", "png"])
    func unwritable(kind: String) throws {
        let outcome = try program.run(
            "fields", "--divergence", "js", "--output", "no/such/field.\(kind)")
        #expect(outcome.isRefusal)
        #expect(outcome.errors.contains("no/such/field.\(kind)"))
    }
}
