/// Byte-pair encoding of one word: joins the neighbours of lowest rank until none can be joined.
///
/// Ties go to the left. The order is that of a priority queue over single pairs, as in the
/// tokenizers library; time is n log n, so that a caption without spaces costs no more than others.
///
/// Reference: Sennrich, Haddow, Birch, "Neural machine translation of rare words with subword
/// units", ACL 2016.
package struct TokenizerMerging {
    private struct Symbol {
        var id: Int
        var previous: Int
        var next: Int
        var isLive = true
    }

    /// A pair that could be joined; out of date once one of its symbols has changed.
    private struct Candidate {
        let rank: Int
        let place: Int
        let pair: TokenizerVocabulary.Pair
        let merged: Int

        func precedes(_ other: Candidate) -> Bool {
            (rank, place) < (other.rank, other.place)
        }
    }

    private var symbols: [Symbol]
    private var heap: [Candidate] = []
    private let merges: [TokenizerVocabulary.Pair: TokenizerVocabulary.Merge]

    /// The ids of a word whose bytes have the given ids.
    package static func merged(_ ids: [Int], _ vocabulary: TokenizerVocabulary) -> [Int] {
        guard ids.count > 1 else { return ids }
        var merging = TokenizerMerging(ids, vocabulary.merges)
        merging.run()
        return merging.symbols.filter(\.isLive).map(\.id)
    }

    private init(_ ids: [Int], _ merges: [TokenizerVocabulary.Pair: TokenizerVocabulary.Merge]) {
        self.merges = merges
        symbols = ids.enumerated().map { place, id in
            Symbol(id: id, previous: place - 1, next: place + 1 < ids.count ? place + 1 : -1)
        }
    }

    private mutating func run() {
        for place in symbols.indices { consider(place) }
        while let candidate = popFirst() {
            let place = candidate.place
            let next = symbols[place].next
            guard symbols[place].isLive, next >= 0, symbols[place].id == candidate.pair.left,
                symbols[next].id == candidate.pair.right
            else { continue }
            symbols[place].id = candidate.merged
            symbols[place].next = symbols[next].next
            symbols[next].isLive = false
            if symbols[next].next >= 0 { symbols[symbols[next].next].previous = place }
            if symbols[place].previous >= 0 { consider(symbols[place].previous) }
            consider(place)
        }
    }

    /// Queues the pair that begins at a place, if it can be joined.
    private mutating func consider(_ place: Int) {
        let next = symbols[place].next
        guard next >= 0 else { return }
        let pair = TokenizerVocabulary.Pair(left: symbols[place].id, right: symbols[next].id)
        guard let merge = merges[pair] else { return }
        push(Candidate(rank: merge.rank, place: place, pair: pair, merged: merge.id))
    }

    private mutating func push(_ candidate: Candidate) {
        heap.append(candidate)
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].precedes(heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func popFirst() -> Candidate? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        guard !heap.isEmpty else { return first }
        heap[0] = last
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < heap.count else { return first }
            if child + 1 < heap.count && heap[child + 1].precedes(heap[child]) { child += 1 }
            guard heap[child].precedes(heap[parent]) else { return first }
            heap.swapAt(child, parent)
            parent = child
        }
    }
}
