/// How well a text has the typed letters in order, with gaps allowed.
package struct FuzzyMatch: Sendable, Equatable {
    /// Higher is better; texts that do not match have no match at all.
    package let score: Int
    /// Where the letters were found, ascending.
    package let places: [Int]

    /// Matches every word of a query somewhere in a text; nil when one of them is not there.
    ///
    /// Letters at the start of words, and letters that stand together, count more; gaps count less.
    /// The best place for each word is found by trying every start, so that `zi` prefers the z of
    /// "zoom in" to one inside of an earlier word.
    package init?(_ query: String, in text: String) {
        let letters = Array(text.lowercased())
        var score = 0
        var places: Set<Int> = []
        for word in query.lowercased().split(separator: " ").prefix(16) {
            guard let best = FuzzyMatch.best(Array(word.prefix(64)), letters) else { return nil }
            score += best.score
            places.formUnion(best.places)
        }
        // Of two texts that match alike, the shorter one says more of what was meant.
        self.score = score * 8 - min(letters.count, 64) / 8
        self.places = places.sorted()
    }

    private static func best(
        _ word: [Character], _ letters: [Character]
    ) -> (score: Int, places: [Int])? {
        guard let first = word.first else { return (0, []) }
        var best: (score: Int, places: [Int])?
        for start in letters.indices where letters[start] == first {
            guard let found = matched(word, letters, from: start) else { break }
            if best.map({ found.score > $0.score }) ?? true { best = found }
        }
        return best
    }

    /// The nearest letters from a start on; nil when the rest does not hold them.
    private static func matched(
        _ word: [Character], _ letters: [Character], from start: Int
    ) -> (score: Int, places: [Int])? {
        var places: [Int] = []
        var score = 0
        var index = start
        for letter in word {
            guard let place = letters[index...].firstIndex(of: letter) else { return nil }
            let startsWord =
                place == 0 || !(letters[place - 1].isLetter || letters[place - 1].isNumber)
            score += startsWord ? 8 : 2
            if let last = places.last {
                let gap = place - last - 1
                score += gap == 0 ? 6 : -min(gap, 4)
            }
            places.append(place)
            index = place + 1
        }
        return (score, places)
    }
}
