import BenchProtocol
import TerminalKit

/// Everything known of the chosen session, in lines, the most telling first.
struct SessionDetail {
    let model: WorkbenchModel
    let theme: Theme
    let width: Int

    typealias Line = [(String, Style)]

    var lines: [Line] {
        if let card = model.chosenTrash {
            return wrapped(
                "deleted",
                "\(NumberText.age(model.now - card.trashed)), "
                    + "\(NumberText.bytes(card.bytes)); u brings it back", .text)
                + wrapped("folder", card.path, .dim)
        }
        guard let card = model.chosenSession else {
            return [[("Choose a session with the arrows.", theme.style(for: .dim))]]
        }
        if let problem = card.problem {
            return wrapped("problem", problem, .error) + wrapped("folder", card.path, .dim)
                + wrapped("size", NumberText.bytes(card.bytes), .dim)
        }
        var lines: [Line] = []
        lines += wrapped("state", standing(card), .text)
        if model.isOpen(card) { for task in tasks { lines += wrapped("task", task, .accent) } }
        lines += wrapped("fairest", fairest(card), card.headline == nil ? .dim : .ok)
        if !card.notes.isEmpty { lines += wrapped("note", card.notes, .text) }
        if !card.tags.isEmpty {
            lines += wrapped("tags", card.tags.joined(separator: " "), .accent)
        }
        if let lineage = card.lineage {
            lines += wrapped("origin", lineage, .text)
            for change in card.changes { lines += wrapped("", change, .dim) }
        }
        for (index, lane) in card.lanes.enumerated() {
            lines.append(
                [
                    (
                        TextLayout.padded(index == 0 ? "lanes" : "", to: gutter),
                        theme.style(for: .dim)
                    ), (lane.name, theme.style(for: .text)),
                    ("  " + SessionDetail.settings(of: lane), theme.style(for: .dim)),
                ])
        }
        lines += wrapped("saves", saves(card), .text)
        if let exports = card.exports { lines += wrapped("exports", exports.words, .text) }
        lines += wrapped(
            "size",
            "\(NumberText.bytes(card.bytes)), made \(NumberText.age(model.now - card.created))",
            .dim)
        lines += wrapped("folder", card.path, .dim)
        return lines
    }

    /// Long work under way in the open session: how far, how long still, and what ends it.
    private var tasks: [String] {
        model.tasks.values.sorted { $0.task < $1.task }.map { task in
            let share = task.total > 0 ? Double(task.done) / Double(task.total) : .nan
            let left =
                task.secondsLeft.isFinite ? ", \(NumberText.duration(task.secondsLeft)) left" : ""
            let message = task.message.isEmpty ? "" : ", \(task.message)"
            let key = model.keys.keyName(for: .cancelTask, in: .sessions)
            let cancel = key.isEmpty ? "" : "; \(key) cancels"
            return "\(task.task) \(task.done)/\(task.total), \(NumberText.percent(share))\(left)"
                + message + cancel
        }
    }

    private var gutter: Int { width < 40 ? 8 : 9 }

    private func wrapped(_ label: String, _ text: String, _ role: ThemeRole) -> [Line] {
        TextLayout.wrapped(text, to: max(8, width - gutter)).enumerated().map { row, line in
            [
                (
                    TextLayout.padded(row == 0 ? label : "", to: gutter), theme.style(for: .dim)
                ), (line, theme.style(for: role)),
            ]
        }
    }

    private func standing(_ card: SessionCard) -> String {
        let steps = "step \(SessionsView.steps(of: card, in: model))"
        // Where the engine has gone on since, the age alone would belong to another step.
        let isBehind = !model.isOpen(card) && card.progress.map { $0.step != card.step } == true
        let saved =
            card.lastSaved.map {
                "saved \(NumberText.age(model.now - $0))" + (isBehind ? " at \(card.step)" : "")
            } ?? "never saved"
        let engine =
            switch card.engine {
            case .idle: "no engine"
            case .starting: "its engine starts"
            case .running:
                card.progress.map { "in the background: \($0.words)" } ?? "its engine runs"
            case .died: "its engine died; opening it goes on from the last save"
            }
        return ([steps, saved] + [model.isOpen(card) ? "open here" : engine])
            .joined(separator: ", ")
    }

    private func fairest(_ card: SessionCard) -> String {
        guard let headline = card.headline else {
            return "not evaluated yet: open it and press e"
        }
        let identity =
            headline.identityAccuracy.isFinite
            ? ", identity prompts \(NumberText.percent(headline.identityAccuracy))" : ""
        return "lane \(headline.lane), D gender \(NumberText.share(headline.gender)), tone "
            + "\(NumberText.share(headline.tone)) (mean of the two is the smallest) "
            + "at step \(headline.step)\(identity)"
    }

    private func saves(_ card: SessionCard) -> String {
        card.checkpoints.isEmpty
            ? "no checkpoint yet; a fork would begin at the base model"
            : "steps " + card.checkpoints.map(String.init).joined(separator: " ")
                + "; F forks at one of them"
    }

    /// What a lane is trained with, in a few words.
    static func settings(of lane: LaneSettings) -> String {
        var words = [lane.objective]
        if let divergence = lane.divergence { words.append(divergence) }
        if lane.objective != "sft" {
            words.append("beta \(NumberText.constant(lane.beta))")
            words.append("kappa \(NumberText.constant(lane.kappa))")
        }
        if let alpha = lane.alpha { words.append("alpha \(NumberText.constant(alpha))") }
        if lane.sftWeight > 0 { words.append("sft \(NumberText.constant(lane.sftWeight))") }
        words.append("lr \(NumberText.constant(lane.learningRate))")
        return words.joined(separator: " ")
    }
}
