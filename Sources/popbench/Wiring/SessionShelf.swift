import BenchProtocol
import Dispatch
import EngineLink
import Foundation
import TrainingEngine
import Workbench

/// Carries out what the screen asks of sessions, one request after the other, on a thread of its own.
final class SessionShelf: Sendable {
    private let locations: Locations
    /// The folder of the session on the screen, which may lie outside of the others'.
    private let present: @Sendable () -> String
    private let post: @Sendable (SessionNews) -> Void
    private let queue = DispatchQueue(label: "popbench.sessions", qos: .userInitiated)

    init(
        locations: Locations, present: @escaping @Sendable () -> String,
        post: @escaping @Sendable (SessionNews) -> Void
    ) {
        self.locations = locations
        self.present = present
        self.post = post
    }

    /// Takes a request and returns at once; what comes of it is posted.
    func take(_ request: SessionRequest) {
        queue.async { for news in self.answers(to: request) { self.post(news) } }
    }

    /// What comes of a request; never fails.
    func answers(to request: SessionRequest) -> [SessionNews] {
        do {
            return try carryOut(request)
        } catch {
            if case .make = request { return [.notMade(Self.problem(error))] }
            let text = FailureLine.text(of: error)
            return [.failed(String(text.dropFirst("popbench: ".count)))]
        }
    }

    private func carryOut(_ request: SessionRequest) throws -> [SessionNews] {
        switch request {
        case .list: return [.shelf(try contents())]
        case .prepareFork(let path, let lane):
            return [.sheet(try sheet(ofSession: path, purpose: .forkLane(lane)))]
        case .readSession(let path):
            return [.sheet(try sheet(ofSession: path, purpose: .forkWhole))]
        case .readRecipe(let name):
            let path = try locations.recipe(name)
            let recipe = try Recipe.read(path: path)
            return [
                .sheet(
                    RecipeSheet(
                        purpose: .new, origin: SessionPlace(name: name, path: path),
                        rows: recipe.fields.map(RecipeRow.init),
                        name: locations.freshSessionName(recipe.session.name)))
            ]
        case .check(let draft):
            do {
                _ = try recipe(of: draft)
                try SessionStore.checkName(draft.name, in: locations.sessions)
                return [.checked(ticket: draft.ticket, nil)]
            } catch {
                return [.checked(ticket: draft.ticket, Self.problem(error))]
            }
        case .make(let draft): return [try make(draft)]
        case .saveRecipe(let name, let text):
            let path = try Recipe.save(text, as: name, in: locations)
            return [.done("kept the recipe as \(path)"), .shelf(try contents())]
        case .rename(let path, let name):
            let renamed = try SessionStore.rename(path, to: name)
            return [.done("renamed to \(renamed.lastComponent)"), .shelf(try contents())]
        case .note(let path, let text):
            try SessionStore.open(at: path).annotate(note: text)
            return [.shelf(try contents())]
        case .tag(let path, let tags):
            try SessionStore.open(at: path).annotate(tags: tags)
            return [.shelf(try contents())]
        case .trash(let path):
            let gone = try SessionStore.trash(path, into: locations.trash, now: Self.now)
            return [.trashed(TrashedCard(gone, bytes: 0)), .shelf(try contents())]
        case .restore(let path):
            guard
                let session = SessionStore.trashed(in: locations.trash)
                    .first(where: { $0.path == path })
            else { throw EngineError("it is no longer in the trash, \(locations.trash)") }
            let restored = try SessionStore.restore(session, to: locations)
            return [.done("brought back \(restored.lastComponent)"), .shelf(try contents())]
        case .export(let path, let archive): return [try export(path, archive: archive)]
        }
    }

    private static var now: Double { Date().timeIntervalSince1970 }

    /// Everything there is.
    private func contents() throws -> SessionShelfContents {
        var summaries = try SessionStore.list(in: locations.sessions)
        let present = self.present()
        if !summaries.contains(where: { $0.path == present }), SessionStore.isSession(present) {
            summaries.append(SessionStore.summary(present))
        }
        return SessionShelfContents(
            folder: locations.sessions, cards: summaries.map(SessionCard.init),
            trash: SessionStore.trashed(in: locations.trash).map {
                TrashedCard($0, bytes: SessionStore.summary($0.path).bytes)
            }, recipes: locations.recipes().map(RecipeChoice.init))
    }

    private func sheet(
        ofSession path: String, purpose: RecipeSheet.Purpose
    ) throws -> RecipeSheet {
        let store = try SessionStore.open(at: path)
        let name = store.path.lastComponent
        return RecipeSheet(
            purpose: purpose, origin: SessionPlace(name: name, path: store.path),
            rows: try store.recipe().fields.map(RecipeRow.init),
            checkpoints: try store.checkpoints.all().map(\.step).filter { $0 > 0 } + [0],
            name: locations.freshSessionName(name.prefix(40) + "-fork"))
    }

    // MARK: New sessions

    private func recipe(of draft: RecipeDraft) throws -> Recipe {
        let recipe = try Recipe.parse(draft.text, file: draft.name)
        try OpenedSession.checkFolders(of: recipe)
        return recipe
    }

    private func make(_ draft: RecipeDraft) throws -> SessionNews {
        let recipe = try recipe(of: draft)
        try SessionStore.checkName(draft.name, in: locations.sessions)
        let path = "\(locations.sessions)/\(draft.name)"
        let place = SessionPlace(name: draft.name, path: path)
        guard let source = draft.source else {
            _ = try SessionStore.create(at: path, recipe: recipe, created: Self.now)
            return .made(place, remarks: [])
        }
        let fork = try SessionStore.open(at: source).fork(
            to: path, plan: ForkPlan(step: draft.step, recipe: recipe, origins: draft.origins),
            created: Self.now)
        return .made(place, remarks: fork.remarks)
    }

    private static func problem(_ error: any Error) -> RecipeProblem {
        switch error {
        case let error as RecipeError:
            let key = error.key.isEmpty ? "" : "\(error.key): "
            return RecipeProblem(
                line: error.line,
                message: "line \(error.line): \(key)expected \(error.expected), "
                    + "found \(error.found)", key: error.key.isEmpty ? nil : error.key,
                // What is no TOML says nothing of what the key takes.
                expected: error.key.isEmpty ? nil : error.expected)
        case SessionError.badName, SessionError.taken:
            return RecipeProblem(isName: true, message: "session name: \(error)")
        default:
            let text = FailureLine.text(of: error)
            return RecipeProblem(message: String(text.dropFirst("popbench: ".count)))
        }
    }

    // MARK: Export

    private func export(_ path: String, archive: Bool) throws -> SessionNews {
        let store = try SessionStore.open(at: path)
        let stamp = ISO8601DateFormatter().string(from: Date())
            .replacingOccurrences(of: ":", with: "-")
        let target =
            "\(store.path)/exports/\(store.path.lastComponent)-\(stamp)" + (archive ? ".tar" : "")
        let names = try store.export(to: target, now: Self.now)
        return .done("wrote \(target): \(names.joined(separator: ", "))")
    }
}

extension String {
    /// The last part of a path.
    var lastComponent: String { (self as NSString).lastPathComponent }
}

extension SessionCard {
    init(_ summary: SessionSummary) {
        self.init(name: summary.name, path: summary.path)
        (step, endStep) = (summary.step, summary.endStep)
        (lanes, checkpoints) = (summary.settings, summary.checkpoints)
        (bytes, created, lastSaved) = (summary.bytes, summary.created, summary.lastSaved)
        (notes, tags) = (printable(summary.notes), summary.tags.map { printable($0) })
        lineage = summary.lineage.map { printable($0.sentence) }
        changes = (summary.lineage?.changes ?? []).map { printable($0) }
        headline = summary.headline.map {
            Headline(
                lane: $0.lane, step: $0.step, gender: $0.gender, tone: $0.tone,
                identityAccuracy: $0.identityAccuracy)
        }
        problem = summary.problem.map { printable($0) }
        exports = summary.exports.map {
            Exports(files: $0.files, folders: $0.folders, newest: printable($0.newest))
        }
        switch SessionStatus.inspect(summary.path) {
        case .idle: engine = .idle
        case .starting: engine = .starting
        case .running:
            engine = .running
            progress = EngineReport.read(session: summary.path).map(Progress.init)
        case .stale: engine = .died
        }
    }
}

extension SessionCard.Progress {
    init(_ report: EngineReport) {
        self.init(
            phase: report.phase, step: report.step, endStep: report.endStep,
            secondsLeft: report.secondsLeft ?? .nan,
            task: report.task.map {
                TaskProgress(
                    task: printable($0.name), done: $0.done, total: $0.total,
                    secondsLeft: $0.secondsLeft ?? .nan, message: "")
            })
    }
}

extension TrashedCard {
    init(_ session: TrashedSession, bytes: Int) {
        self.init(
            name: session.name, path: session.path, trashed: session.trashed, bytes: bytes)
    }
}

extension RecipeRow {
    init(_ field: RecipeField) {
        self.init(
            section: field.section, lane: field.lane, key: field.key, value: field.value,
            defaultValue: field.defaultValue, isText: field.isText, reason: field.reason,
            expected: field.expected, choices: field.choices)
    }
}

extension RecipeChoice {
    init(_ listing: RecipeListing) {
        let summary: String
        do {
            let recipe = try Recipe.read(path: listing.path)
            let lanes = recipe.lanes.map(\.name).joined(separator: ", ")
            summary = "\(lanes); \(recipe.session.steps) steps"
        } catch {
            summary = printable("\(error)")
        }
        self.init(name: listing.name, summary: summary, isOwn: listing.isOwn)
    }
}
