import TerminalKit
import Testing
import Workbench

@Suite("The key table")
struct KeyTableTests {
    @Test("the standard keys mean one thing in each place")
    func noConflicts() { #expect(KeyTable.standard.conflicts().isEmpty) }

    @Test("a key claimed twice in one place is reported, and the first claim wins")
    func conflictsAreFound() {
        let table = KeyTable([
            KeyBinding(.board, [.character("s")], .save, "Save."),
            KeyBinding(.board, [.character("s"), .tab], .sample, "Sample."),
            KeyBinding(.help, [.character("s")], .back, "Close."),
        ])
        #expect(
            table.conflicts() == [
                KeyTable.Conflict(
                    context: .board, key: .character("s"), actions: [.save, .sample])
            ])
        #expect(table.action(for: .character("s"), in: .board) == .save)
    }

    @Test("every place that takes the keys can be left by a key")
    func everyPlaceHasAWayOut() {
        let leaving: Set<BenchAction> = [.back, .leaveTraining, .quitNow, .askToQuit]
        for context in KeyContext.allCases {
            let places = context.isView ? [context, .everywhere] : [context]
            let actions = Set(
                KeyTable.standard.bindings.filter { places.contains($0.context) }.map(\.action))
            #expect(!actions.isDisjoint(with: leaving), "\(context)")
        }
    }

    @Test("the README's table has a row for every binding and names no key twice in a section")
    func markdownIsComplete() {
        let table = KeyTable.standard
        let rows = table.markdown().split(separator: "\n").filter { $0.hasPrefix("| `") }
        let shown = KeyContext.allCases.flatMap { table.shownBindings(in: $0) }
        #expect(rows.count == shown.count)
        #expect(table.markdown().contains("| `alt-1…8` |"))
        for binding in shown { #expect(table.markdown().contains(binding.explanation)) }
    }

    @Test("explanations are sentences and hints are short")
    func wording() {
        for binding in KeyTable.standard.bindings {
            #expect(binding.explanation.hasSuffix("."))
            #expect((binding.hint ?? "").count <= 24)
        }
    }
}
