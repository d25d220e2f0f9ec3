import BenchProtocol
import TerminalKit
import Testing
import Workbench

@Suite("What a form says of its fields")
struct RecipeFormWordsTests {
    /// A sheet with one field of each type.
    private static var sheet: RecipeSheet {
        func row(
            _ section: String, _ lane: Int?, _ key: String, _ value: String, _ expected: String,
            isText: Bool = false, choices: [String] = []
        ) -> RecipeRow {
            RecipeRow(
                section: section, lane: lane, key: key, value: value, isText: isText,
                expected: expected, choices: choices)
        }
        return RecipeSheet(
            purpose: .forkWhole, origin: SessionPlace(name: "starter", path: "/s"),
            rows: [
                row("session", nil, "name", "starter", "a name", isText: true),
                row("session", nil, "steps", "400", "a whole number from 1 to 100000000"),
                row("session", nil, "seed", "7", "a whole number from 0 to 9223372036854775807"),
                row(
                    "populations", nil, "professions", "[\"judge\"]",
                    "a list of different professions, such as [\"farmer\", \"health worker\"]"),
                row(
                    "sampling", nil, "prompt", "a judge", "a prompt such as \"a firefighter\"",
                    isText: true),
                row(
                    "training", nil, "schedule", "constant", "\"constant\" or \"cosine\"",
                    isText: true, choices: ["constant", "cosine"]),
                row("lane", 0, "name", "dpo", "a name", isText: true),
                row(
                    "lane", 0, "objective", "diffusion-dpo", "\"sft\"", isText: true,
                    choices: ["sft", "diffusion-dpo"]),
                row("lane", 0, "beta", "1000", "a number from 1e-09 to 1000000000.0"),
            ], checkpoints: [400, 0], name: "starter-fork")
    }

    /// What the form says when one value is wrong and the engine tells so by line.
    private func words(
        _ key: String, _ value: String, expected: String? = nil, section: String? = nil
    ) throws -> String {
        var sheet = Self.sheet
        let index = try #require(sheet.rows.lastIndex { $0.key == key })
        (sheet.rows[index].value, sheet.rows[index].initial) = (value, value)
        var model = Scripted.sessions(width: 80, height: 40)
        let effects = update(&model, .sessions(.sheet(sheet)))
        var line: Int?
        for case .check(let draft) in WorkbenchModel.requests(effects) {
            let all = draft.text.split(separator: "\n", omittingEmptySubsequences: false)
            line = all.lastIndex { $0.hasPrefix("\(key) =") }.map { $0 + 1 }
        }
        let problem = RecipeProblem(
            line: line, message: "line 63: expected valid TOML, found \"\(value)\" is no value",
            key: section.map { "\($0).\(key)" }, expected: expected)
        let form = try #require(model.shownForm)
        let told = form.words(for: problem)
        _ = update(&model, .sessions(.checked(ticket: form.ticket, problem)))
        let screen = snapshotFrame(model, width: 80, height: 40, theme: .builtin).plainText()
        #expect(screen.contains("✗ "), "the field is marked")
        #expect(!screen.contains("TOML") && !screen.contains("line 63"))
        #expect(screen.contains(TextLayout.wrapped(told, to: 76)[0]))
        return told
    }

    @Test("a wrong value is told with its field and what it takes, for every type of field")
    func everyType() throws {
        #expect(try words("beta", "abc") == "beta: a number from 1e-9 to 1e9; \"abc\" is none")
        #expect(
            try words(
                "beta", "-1", expected: "a number from 1e-09 to 1000000000.0", section: "lane")
                == "beta: a number from 1e-9 to 1e9; \"-1\" is none")
        #expect(
            try words("steps", "4.5")
                == "steps (its end): a whole number from 1 to 1e8; \"4.5\" is none")
        #expect(
            try words("seed", "x") == "seed: a whole number from 0 to any; \"x\" is none")
        #expect(
            try words("schedule", "wild")
                == "schedule: one of constant, cosine; \"wild\" is none")
        #expect(
            try words("prompt", "a dragon")
                == "prompt: a prompt such as \"a firefighter\"; \"a dragon\" is none")
        #expect(
            try words("professions", "judge").hasPrefix(
                "professions: a list of different professions, such as [\"farmer\""))
        #expect(
            try words(
                "objective", "sft", expected: "no divergence for objective \"sft\"",
                section: "lane")
                == "objective: no divergence for objective \"sft\"; take \"sft\" out")
    }

    @Test("a problem that no field is to blame for is told without a line, too")
    func noField() throws {
        var model = Scripted.sessions()
        _ = update(&model, .sessions(.sheet(Self.sheet)))
        let form = try #require(model.shownForm)
        #expect(
            form.words(for: RecipeProblem(message: "line 3: something else")) == "something else")
        #expect(
            form.words(for: RecipeProblem(isName: true, message: "session name: taken"))
                == "session name: taken")
    }

    @Test("a lane whose objective has no beta says so, where beta would stand")
    func missingBeta() {
        func screen(_ objective: String, beta: String, divergence: String, kappa: String) -> String
        {
            var sheet = Scripted.sheet(.forkLane("dpo"))
            for index in sheet.rows.indices where sheet.rows[index].lane == 0 {
                switch sheet.rows[index].key {
                case "objective":
                    (sheet.rows[index].value, sheet.rows[index].initial) = (objective, objective)
                case "beta": (sheet.rows[index].value, sheet.rows[index].initial) = (beta, beta)
                default: break
                }
            }
            let last = sheet.rows.lastIndex { $0.lane == 0 } ?? 0
            sheet.rows.insert(
                contentsOf: [
                    Scripted.row("lane", 0, "kappa", kappa),
                    Scripted.row(
                        "lane", 0, "divergence", divergence, isText: true, choices: ["", "js"]),
                ], at: last + 1)
            var model = Scripted.sessions(width: 80, height: 24)
            _ = update(&model, .sessions(.sheet(sheet)))
            return snapshotFrame(model, width: 80, height: 24, theme: .builtin).plainText()
        }
        #expect(
            screen("sft", beta: "", divergence: "", kappa: "")
                .contains("sft has no beta, kappa and no divergence"))
        #expect(
            screen("popalign", beta: "2000", divergence: "", kappa: "").contains(
                "popalign has no kappa and no divergence; kappa comes with a divergence"))
        #expect(!screen("f-dpo", beta: "1", divergence: "js", kappa: "9").contains("has no"))
    }

    @Test("what else is trained is named plainly, and choices are counted apart from the value")
    func plainWords() throws {
        var model = Scripted.sessions(width: 80, height: 24)
        _ = update(&model, .sessions(.sheet(Scripted.sheet(.forkLane("popalign")))))
        func screen() -> String {
            snapshotFrame(model, width: 80, height: 24, theme: .builtin).plainText()
        }
        #expect(screen().contains("also train            the unchanged lane"))
        let fields = try #require(model.shownForm?.fields)
        let place = try #require(fields.firstIndex(of: .beside))
        while model.shownForm?.selected ?? place < place { _ = model.press(.down) }
        #expect(screen().contains("‹ the unchanged lane ›   1 of 3 choices"))
        _ = model.press(.right)
        #expect(screen().contains("‹ all other lanes ›   2 of 3 choices"))
        _ = model.press(.right)
        #expect(screen().contains("‹ nothing ›   3 of 3 choices"))
        // Where fields go on below, the rule under them says so, not the row of a value.
        var small = Scripted.sessions(width: 40, height: 15)
        _ = update(&small, .sessions(.sheet(Scripted.sheet(.forkLane("popalign")))))
        let text = snapshotFrame(small, width: 40, height: 15, theme: .builtin).plainText()
        #expect(text.contains(" more below ─") && !text.contains("↓"), "\(text)")
    }
}
