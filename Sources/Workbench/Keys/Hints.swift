import BenchProtocol
import TerminalKit

/// What the last line and the questions name of the keys, as things stand now.
extension WorkbenchModel {
    /// The keys worth naming now, help and quit last.
    package var shownHints: [KeyBinding] {
        let all = keys.hints(in: keyContext)
        guard overlay == nil, view == .population, gallery.page != .gallery else { return all }
        // One picture, and the histograms, have keys of their own; those of the grid say nothing
        // there.
        let last: Set<BenchAction> = [.showHelp, .askToQuit]
        let shared: Set<BenchAction> = [.nextPrompt, .sample, .toggleTraining, .askForExport]
        return pageHints + all.filter { shared.contains($0.action) }
            + all.filter { last.contains($0.action) }
    }

    /// The keys of the page of the population that lies over its grid.
    private var pageHints: [KeyBinding] {
        func hint(_ action: BenchAction, _ words: String) -> KeyBinding? {
            let binding =
                keys.bindings.first { $0.context == .population && $0.action == action }
                ?? keys.bindings.first { $0.context == .everywhere && $0.action == action }
            guard var named = binding else { return nil }
            named.keys = keys.keys(of: named, in: .population)
            named.hint = words
            return named.keys.isEmpty ? nil : named
        }
        let close = hint(.population(.close), "back")
        let own: [KeyBinding?] =
            switch gallery.page {
            case .gallery: []
            case .picture:
                [
                    close, hint(.move(.left), "picture before"), hint(.move(.right), "next"),
                    hint(.move(.down), "next lane"), hint(.population(.filmAnew), "denoise"),
                ]
            case .ridgeline:
                [
                    close, hint(.move(.up), "step before"), hint(.move(.right), "lane"),
                    hint(.population(.toggleHeatMap), "heat map"),
                    hint(.population(.nextAttribute), "attribute"),
                ]
            case .heatMap:
                [
                    close, hint(.move(.left), "step before"), hint(.move(.down), "lane"),
                    hint(.population(.toggleHeatMap), "ridgeline"),
                    hint(.population(.nextAttribute), "attribute"),
                ]
            case .shares:
                [
                    close, hint(.move(.down), "next lane"), hint(.activate, "its pictures"),
                    hint(.sample, "sample"), hint(.evaluate, "measure all prompts"),
                ]
            }
        return own.compactMap { $0 }
    }

    /// What a key does now, in a word or two.
    package func hintWord(for binding: KeyBinding) -> String {
        switch binding.action {
        case .toggleTraining: return trainingIntended ? "pause" : "start"
        case .zoom: return isZoomed ? "unzoom" : "zoom"
        case .back:
            if case .help(let help) = overlay, !help.input.characters.isEmpty { return "clear" }
        case .leaveTraining where overlay == .quit && !trainingIntended:
            return "leave the engine waiting"
        case .stopAndSave:
            let again = binding.keys.contains(.control("c")) ? " (ctrl-c again)" : ""
            return (binding.hint ?? "") + again
        default: break
        }
        return binding.hint ?? ""
    }
}
