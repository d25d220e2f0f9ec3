import ArgumentParser
import TrainingEngine

/// What is said of a command line whose first word is no command.
///
/// The parser gives it to the workbench, which would speak of an unexpected argument.
enum CommandGuess {
    /// The complaint about a command line; nil where the parser is to have it.
    static func complaint(
        _ arguments: [String], commands: [String], isSession: (String) -> Bool
    ) -> String? {
        guard let first = arguments.first, first != "help", !commands.contains(first) else {
            return nil
        }
        if first.hasPrefix("-") {
            guard arguments.contains("--headless"),
                !arguments.contains(where: commands.contains)
            else { return nil }
            return "--headless belongs to run: popbench run --headless"
        }
        // The name of a session stands for the workbench on it.
        if isSession(first) { return nil }
        let guess = nearest(to: first, in: commands).map { "; did you mean popbench \($0)?" }
        return "there is no command and no session \"\(printable(first))\""
            + (guess ?? "; popbench --help lists the commands")
    }

    /// The word that is nearest to a mistyped one; nil where none is near.
    static func nearest(to word: String, in words: [String]) -> String? {
        let typed = Array(word.lowercased().utf8.prefix(64))
        let found = words.map { (distance: distance(typed, Array($0.utf8)), word: $0) }
            .min { ($0.distance, $0.word) < ($1.distance, $1.word) }
        guard let found, found.distance <= max(1, found.word.utf8.count / 3) else { return nil }
        return found.word
    }

    /// Letters to put in, take out, change or swap with their neighbour.
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var older: [Int] = []
        var above = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                var least = min(above[j + 1], row[j]) + 1
                least = min(least, above[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    least = min(least, older[j - 1] + 1)
                }
                row.append(least)
            }
            (older, above) = (above, row)
        }
        return above[b.count]
    }
}
