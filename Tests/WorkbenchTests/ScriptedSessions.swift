import BenchProtocol
import TerminalKit
import Workbench

/// Sessions and recipes as whoever reads them would tell of them; made by formula.
extension Scripted {
    static func card(_ name: String, step: Int, savedBefore seconds: Double) -> SessionCard {
        var card = SessionCard(name: name, path: "/data/sessions/\(name)")
        (card.step, card.endStep) = (step, 400)
        card.lanes = settings
        card.checkpoints = step == 0 ? [] : [step, max(1, step - 50)]
        card.bytes = 1_000_000 * (step + 1)
        card.created = clock - 90_000
        card.lastSaved = step == 0 ? nil : clock - seconds
        return card
    }

    /// One open, one forked and evaluated, one training, one fresh, one that cannot be opened.
    static var cards: [SessionCard] {
        var open = card("starter", step: 28, savedBefore: 130)
        open.engine = .running
        var fork = card("pilot-fork", step: 400, savedBefore: 7300)
        fork.lineage = "forked from starter at step 200"
        fork.changes = ["popalign-beta-500 (from popalign): beta 2000 -> 500"]
        fork.headline = SessionCard.Headline(
            lane: "popalign", step: 400, gender: 0.31, tone: 0.28, identityAccuracy: 0.92)
        fork.tags = ["fair", "pilot"]
        fork.notes = "the one for the paper, with half the beta of the others"
        var busy = card("long", step: 150, savedBefore: 40)
        busy.engine = .running
        let fresh = card("fresh", step: 0, savedBefore: 0)
        var torn = SessionCard(name: "torn", path: "/data/sessions/torn")
        torn.bytes = 4096
        torn.problem = "/data/sessions/torn is not a session: its session.json is damaged"
        return [busy, open, fork, fresh, torn]
    }

    static let shelf = SessionShelfContents(
        folder: "/data/sessions", cards: cards,
        trash: [
            TrashedCard(
                name: "gone", path: "/data/sessions/.trash/gone@1", trashed: clock - 400,
                bytes: 5_000_000)
        ],
        recipes: [
            RecipeChoice(name: "mine", summary: "popalign; 100 steps", isOwn: true),
            RecipeChoice(name: "starter", summary: "sft, dpo; 400 steps", isOwn: false),
        ])

    static func row(
        _ section: String, _ lane: Int?, _ key: String, _ value: String, standard: String = "",
        isText: Bool = false, choices: [String] = []
    ) -> RecipeRow {
        RecipeRow(
            section: section, lane: lane, key: key, value: value, defaultValue: standard,
            isText: isText, reason: "what \(key) does", expected: "a good \(key)",
            choices: choices)
    }

    static func laneRows(_ index: Int, _ name: String, beta: String) -> [RecipeRow] {
        [
            row("lane", index, "name", name, isText: true),
            row(
                "lane", index, "objective", "popalign", isText: true,
                choices: ["sft", "popalign", "f-dpo"]),
            row("lane", index, "beta", beta, standard: "2000"),
            row("lane", index, "learning_rate", "0.0001", standard: "0.0001"),
        ]
    }

    static func sheet(
        _ purpose: RecipeSheet.Purpose, checkpoints: [Int] = [400, 200, 0]
    ) -> RecipeSheet {
        RecipeSheet(
            purpose: purpose,
            origin: SessionPlace(name: "starter", path: "/data/sessions/starter"),
            rows: [
                row("session", nil, "name", "starter", isText: true),
                row("session", nil, "steps", "400", standard: "400"),
                row(
                    "training", nil, "schedule", "constant", standard: "constant", isText: true,
                    choices: ["constant", "cosine"]),
            ] + laneRows(0, "dpo", beta: "1000") + laneRows(1, "popalign", beta: "2000"),
            checkpoints: purpose == .new ? [] : checkpoints, name: "starter-fork")
    }

    /// A screen on the session `starter`, at the view of the sessions, which has heard of them.
    static func sessions(width: Int = 120, height: Int = 40) -> WorkbenchModel {
        var model = model(width: width, height: height)
        model.sessionFolder = "/data/sessions/starter"
        _ = update(&model, .show(.sessions))
        _ = update(&model, .sessions(.shelf(shelf)))
        return model
    }
}

extension WorkbenchModel {
    /// The form on the screen.
    var shownForm: RecipeForm? {
        if case .sessions(.form(let form)) = overlay { return form }
        return nil
    }

    /// What was asked about sessions among effects.
    static func requests(_ effects: [WorkbenchEffect]) -> [SessionRequest] {
        effects.compactMap { if case .sessions(let request) = $0 { request } else { nil } }
    }
}
