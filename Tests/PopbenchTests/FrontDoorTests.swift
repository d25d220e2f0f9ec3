import Foundation
import Testing
import TrainingEngine

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite("The front door", .serialized)
struct FrontDoorTests {
    private let tiny: TinySession

    init() throws { tiny = try TinySession() }

    @Test("without a terminal there is one line that names --headless, status 2, and no session")
    func noTerminal() throws {
        for arguments in [[], ["--session", tiny.folder("new"), "--recipe", "starter"]] {
            let outcome = try tiny.program.run(arguments)
            #expect(outcome.hasExited && outcome.status == 2)
            #expect(outcome.output.isEmpty)
            #expect(outcome.errors.contains("--headless") && outcome.errors.hasSuffix("\n"))
            #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
        }
        #expect(!tiny.scratch.names().contains("data"))
        #expect(!tiny.scratch.names().contains("new"))
    }

    @Test("a snapshot is as large as it was asked to be, and leaves no engine behind")
    func snapshot() throws {
        let recipe = try tiny.recipe([TinySession.sft, TinySession.popalign], steps: 30)
        #expect(try tiny.run("shown", recipe: recipe, steps: 10).status == 0)
        for (width, height) in [(120, 40), (80, 24), (40, 12)] {
            let outcome = try tiny.program.run(
                "--session", tiny.folder("shown"), "--snapshot", "\(width)x\(height)")
            #expect(outcome.hasExited && outcome.status == 0, "\(outcome.errors)")
            let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.last == "" && lines.dropLast().count <= height)
            #expect(lines.allSatisfy { $0.count <= width }, "\(width)x\(height)")
            #expect(!outcome.output.contains("\u{1B}"))
            if width >= 80 {
                #expect(outcome.output.contains("sft") && outcome.output.contains("popalign"))
            } else {
                // It says what it needs.
                #expect(outcome.output.contains { $0.isNumber })
            }
        }
        let picture = try tiny.program.run(
            "--session", tiny.folder("shown"), "--snapshot", "100x30", "--output", "frame.svg")
        #expect(picture.status == 0 && picture.output.isEmpty && picture.errors.isEmpty)
        let svg = try tiny.scratch.bytes("frame.svg")
        #expect(XMLParser(data: svg).parse())
        #expect(String(decoding: svg, as: UTF8.self).contains("<svg"))
        // The engines that the snapshots started have left, and nothing has been trained.
        let next = try tiny.run("shown", steps: 1)
        #expect(next.status == 0 && next.output.contains("\"lane\":\"sft\",\"step\":11,\"loss\""))
    }

    @Test("without a name the session shown last is opened, whichever was saved last")
    func shownLast() throws {
        let recipe = try tiny.recipe([TinySession.sft, TinySession.popalign], steps: 30)
        for name in ["shown", "saved"] {
            let made = try tiny.program.run(
                "run", "--headless", "--session", name, "--recipe", recipe, "--steps", "1")
            #expect(made.status == 0, "\(made.errors)")
        }
        func opened() throws -> String {
            let frame = try tiny.program.run("--snapshot", "100x30")
            #expect(frame.status == 0, "\(frame.errors)")
            return frame.output.split(separator: "\n").first.map(String.init) ?? ""
        }
        #expect(try opened().contains("saved"))
        try tiny.scratch.write("resize 100x30\nsee within 60: popalign\n", to: "look.journey")
        let look = try tiny.program.run("shown", "--play", "look.journey")
        #expect(look.status == 0, "\(look.errors)")
        #expect(try opened().contains("shown"))
        // What is remembered may be damaged, or lead nowhere: then it counts for nothing.
        let memory = tiny.scratch.path + "/.local/state/popbench/screen"
        let file = try #require(
            try FileManager.default.contentsOfDirectory(atPath: memory)
                .first { $0.hasPrefix("session-") })
        for text in ["", "/nowhere/at/all\n", "shown\n", "\u{0}\u{1B}", "/etc\n"] {
            try Data(text.utf8).write(to: URL(fileURLWithPath: "\(memory)/\(file)"))
            #expect(try opened().contains("saved"))
        }
    }

    @Test(
        "a snapshot of no size is refused", arguments: ["x", "120", "0x40", "120x40x2", "9999x9"])
    func badSnapshot(size: String) throws {
        let outcome = try tiny.program.run("--snapshot", size)
        #expect(outcome.hasExited && outcome.status == 64)
        #expect(outcome.errors.contains("--snapshot"))
        #expect(!tiny.scratch.names().contains("data"))
    }

    /// A recipe that is wrong in one place.
    struct Mistake: CustomTestStringConvertible {
        let testDescription: String
        let text: String
        /// What its error says after the name of the file.
        let says: [String]
    }

    private static let lane = "[[lane]]\nname = \"a\"\nobjective = \"sft\"\n"
    static let mistakes = [
        Mistake(
            testDescription: "an unknown key", text: "[session]\nsteps = 5\nstepz = 6\n" + lane,
            says: [":3: session.stepz: expected one of name, ", "found an unknown key"]),
        Mistake(
            testDescription: "a wrong type", text: "[session]\nsteps = \"many\"\n" + lane,
            says: [":2: session.steps: expected a whole number", "found "]),
        Mistake(
            testDescription: "a number out of range", text: "[session]\nsteps = 0\n" + lane,
            says: [":2: session.steps: expected a whole number from 1", "found "]),
        Mistake(
            testDescription: "an unknown section", text: lane + "[trainning]\n",
            says: [":4: trainning: expected one of session, ", "found an unknown key"]),
        Mistake(
            testDescription: "a divergence that the theory rules out",
            text: "[[lane]]\nname = \"a\"\nobjective = \"f-dpo\"\ndivergence = \"tv\"\n",
            says: [":4: lane.divergence: expected ", "found "]),
        Mistake(
            testDescription: "no lane", text: "[session]\nsteps = 5\n",
            says: [": lane: expected at least one lane", "found none"]),
        Mistake(
            testDescription: "no TOML", text: "[session\n", says: [":1: expected valid TOML"]),
    ]

    @Test(
        "a wrong recipe is refused with file, line, key and what was expected", arguments: mistakes)
    func badRecipe(mistake: Mistake) throws {
        try tiny.scratch.write(mistake.text, to: "bad.toml")
        let path = tiny.scratch.path + "/bad.toml"
        let outcome = try tiny.run("unmade", recipe: path, steps: 1)
        #expect(outcome.isRefusal && outcome.output.isEmpty, "\(outcome)")
        #expect(outcome.errors.hasPrefix("popbench: \(path):"), "\(outcome.errors)")
        for words in mistake.says {
            #expect(outcome.errors.contains(words), "\(outcome.errors)")
        }
        #expect(!tiny.scratch.names().contains("unmade"))
        #expect(!tiny.scratch.names().contains("data"))
    }

    @Test("a recipe that is not there is refused by name")
    func noRecipe() throws {
        let outcome = try tiny.run("unmade", recipe: tiny.folder("none.toml"), steps: 1)
        #expect(outcome.isRefusal && outcome.errors.contains("none.toml"), "\(outcome.errors)")
        #expect(!tiny.scratch.names().contains("unmade"))
    }

    @Test(
        "a recipe whose folders are not there makes no session",
        arguments: ["model", "populations"])
    func noFolder(name: String) throws {
        let recipe = try tiny.recipe([TinySession.sft])
        try FileManager.default.removeItem(atPath: tiny.folder(name))
        let outcome = try tiny.run("unmade", recipe: recipe, steps: 1)
        #expect(
            outcome.isRefusal && outcome.errors.contains(tiny.folder(name)), "\(outcome.errors)")
        #expect(!tiny.scratch.names().contains("unmade"))
    }
}
