import Foundation
import TerminalKit
import TrainingEngine
import Workbench

/// What the doctor finds in the person's own files about the screen.
enum ScreenChecks {
    /// All of them.
    static func all(_ environment: [String: String]) -> [Finding] {
        let files = ScreenFiles(environment: environment)
        return [keys(files), themes(files)]
    }

    private static func keys(_ files: ScreenFiles) -> Finding {
        let details = ["file": files.keys]
        guard FileManager.default.fileExists(atPath: files.keys) else {
            return .ok("keys", "standard; popbench keys --toml prints a file to change", details)
        }
        let problems = files.keyTable().problems
        guard let first = problems.first else { return .ok("keys", files.keys, details) }
        let more = problems.count > 1 ? " (and \(problems.count - 1) more)" : ""
        return .warning(
            "keys", "\(first)\(more)",
            advice: "change the line; all other lines count. popbench keys shows the result",
            details)
    }

    private static func themes(_ files: ScreenFiles) -> Finding {
        let details = ["folder": files.themes]
        do {
            let (themes, problems) = try files.loadThemes(.current(), first: nil)
            guard let first = problems.first else {
                return .ok(
                    "theme files", themes.map(\.name).sorted().joined(separator: ", "), details)
            }
            let more = problems.count > 1 ? " (and \(problems.count - 1) more)" : ""
            return .warning(
                "theme files", "\(first)\(more)",
                advice: "change the line; until then it is left out",
                details)
        } catch {
            return .problem("theme files", error)
        }
    }
}
