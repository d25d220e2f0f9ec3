import TerminalKit
import Testing
import Workbench

@Suite("A file of keys")
struct KeysFileTests {
    @Test("an action gets the keys that the file gives it, and loses the standard ones")
    func remaps() {
        let (table, problems) = KeyTable.read(
            """
            [everywhere]
            toggle_training = ["F5", "Z"]
            save = "ctrl-s"
            [dashboard]
            next_panel = []
            """, file: "keys.toml")
        #expect(problems.isEmpty, "\(problems)")
        #expect(table.action(for: .function(5), in: .board) == .toggleTraining)
        #expect(table.action(for: .character("Z"), in: .log) == .toggleTraining)
        #expect(table.action(for: .character(" "), in: .board) == nil)
        #expect(table.action(for: .control("s"), in: .board) == .save)
        #expect(table.action(for: .character("w"), in: .board) == nil)
        #expect(table.keyName(for: .toggleTraining, in: .board) == "f5")
        #expect(table.conflicts().isEmpty)
    }

    @Test("the table written as TOML, with its comments taken off, is the standard table")
    func writtenTableIsTheStandardOne() {
        let text = KeyTable.standard.toml().split(separator: "\n", omittingEmptySubsequences: false)
            .map { line in
                line.hasPrefix("# ") && line.contains(" = [")
                    ? String(line.dropFirst(2)) : String(line)
            }.joined(separator: "\n")
        let (table, problems) = KeyTable.read(text, file: "keys.toml")
        #expect(problems.isEmpty, "\(problems)")
        for (mine, standard) in zip(table.bindings, KeyTable.standard.bindings) {
            #expect(mine.keys == standard.keys && mine.action == standard.action)
        }
        #expect(table.bindings.count == KeyTable.standard.bindings.count)
    }

    @Test("names of actions are snake case and tell actions of one place apart")
    func names() {
        #expect(BenchAction.toggleTraining.name == "toggle_training")
        #expect(BenchAction.focusLane(3).name == "focus_lane_3")
        #expect(BenchAction.move(.up).name == "move_up")
        #expect(BenchAction.show(.curves).name == "show_curves")
        #expect(BenchAction.export(.csv).name == "export_csv")
        #expect(BenchAction.log(.nextLevel).name == "next_level")
        for context in KeyContext.allCases {
            let rows = KeyTable.standard.bindings.filter { $0.context == context }
            var actions: [String: BenchAction] = [:]
            for row in rows {
                let name = row.action.name
                #expect(
                    !name.isEmpty && name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" })
                #expect(actions[name] == nil || actions[name] == row.action, "\(name)")
                actions[name] = row.action
            }
        }
    }

    @Test(
        "a mistake is told with its line and what to do",
        arguments: [
            ("[everywhere]\nsave = \n", 2, "not TOML"),
            ("\n[everywere]\nsave = \"s\"\n", 2, "(everywhere?)"),
            ("[everywhere]\n\ntoggel_training = \"f5\"\n", 3, "did you mean toggle_training"),
            ("[curves]\nflux = \"f5\"\n", 2, "popbench keys --toml"),
            ("[everywhere]\nsave = \"ctrl-shift-s\"\n", 2, "is no key"),
            ("[everywhere]\nsave = 7\n", 2, "expected a key such as"),
            ("[everywhere]\nsave = [\"s\", 7]\n", 2, "the number 7 is no key"),
            ("[everywhere]\nsave = \"g\"\n", 2, "g was sample's, which has no key left"),
            (
                "[everywhere]\nsave = \"f9\"\nsample = \"f9\"\n", 3,
                "f9 is save's already, by line 2"
            ),
            ("[everywhere]\nsave = \"z\"\n", 2, "in dashboard, z is zoom's"),
            ("[help]\nback = \"h\"\n", 2, "letters are typed here"),
            ("everywhere = 3\n", 1, "expected a table [everywhere]"),
        ])
    func mistakes(text: String, line: Int, words: String) {
        let (table, problems) = KeyTable.read(text, file: "keys.toml")
        #expect(
            problems.contains { problem in
                problem.description.hasPrefix("keys.toml:\(problem.line ?? 0): ")
                    && problem.problem.contains(words)
            }, "\(problems)")
        #expect(problems.first?.line == line, "\(problems)")
        #expect(table.conflicts().isEmpty)
    }

    @Test("no file takes the way out of a place")
    func wayOut() {
        let text = KeyContext.allCases.map { context in
            let leaving = ["back", "ask_to_quit", "leave_training", "quit_now"].filter { name in
                KeyTable.standard.bindings.contains {
                    $0.context == context && $0.action.name == name
                }
            }
            return "[\(context.name)]\n" + leaving.map { "\($0) = []" }.joined(separator: "\n")
        }.joined(separator: "\n")
        let (table, problems) = KeyTable.read(text, file: "keys.toml")
        #expect(problems.contains { $0.problem.contains("would have no way out") })
        for context in KeyContext.allCases {
            let places = context.isView ? [context, .everywhere] : [context]
            #expect(
                table.bindings.contains {
                    places.contains($0.context) && $0.action.leaves && !$0.keys.isEmpty
                }, "\(context)")
        }
    }

    @Test("no text makes reading trap, and a table without conflicts comes out")
    func anything() {
        var dice = RenderPropertyTests.Dice(state: 5)
        let parts = [
            "[everywhere]\n", "[log]\n", "save", " = ", "\"", "s", "[", "]", ",", "\n", "ctrl-",
            "😀", "{", "}", ".", "toggle_training", "f99", "#", "'", "alt-", "[[text]]",
        ]
        for _ in 0..<500 {
            let text = (0..<Int.random(in: 0..<40, using: &dice))
                .map { _ in parts.randomElement(using: &dice) ?? "" }.joined()
            #expect(KeyTable.read(text, file: "k").table.conflicts().isEmpty)
        }
    }
}
