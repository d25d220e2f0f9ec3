import TerminalKit

/// Cuts names that stand beside each other so that they stay distinct.
///
/// Sessions name their lanes after what tells them apart, and that comes last: of
/// `popalign-beta-500` the end says more than the beginning.
package enum DistinctNames {
    /// The names within a width, in their order; what fits stays whole.
    ///
    /// A cut name shows an ellipsis, and a beginning or an end that no other name has, where there
    /// is one; otherwise at least no two are cut alike. From a width of 3 on, different names (up to
    /// 99 of them) stay different whatever they are.
    package static func cut(_ names: [String], to width: Int) -> [String] {
        guard width > 0 else { return names.map { _ in "" } }
        var shown = names.map { TextLayout.exceeds($0, width) ? nil : Optional($0) }
        var taken = Set(shown.compactMap { $0 })
        var cuts: [String: String] = [:]
        for (index, name) in names.enumerated() where shown[index] == nil {
            if cuts[name] == nil {
                let others = Set(names).subtracting([name])
                let all = candidates(name, among: others, width)
                let free = all.filter { !taken.contains($0.text) }
                // A cut that could stand for another name as well tells nobody apart.
                let choice =
                    free.first { cut in !others.contains { cut.fits($0) } } ?? free.first
                let text = choice?.text ?? numbered(taken, width)
                cuts[name] = text
                taken.insert(text)
            }
            shown[index] = cuts[name]
        }
        return shown.map { $0 ?? "" }
    }

    /// A beginning and an end of a name around an ellipsis.
    private struct Cut {
        var head: [Character]
        var tail: [Character]

        var text: String { String(head) + "…" + String(tail) }

        func fits(_ name: String) -> Bool {
            let letters = Array(name)
            return letters.count > head.count + tail.count && letters.starts(with: head)
                && letters.suffix(tail.count).elementsEqual(tail)
        }
    }

    /// What a name may be cut to, the most readable first.
    private static func candidates(
        _ name: String, among others: Set<String>, _ width: Int
    ) -> [Cut] {
        let letters = Array(name)
        func isGap(_ letter: Character) -> Bool { "-_. ".contains(letter) }
        /// The letters after the gaps: where the last words begin.
        let words = letters.indices.filter { index in
            index > 0 && isGap(letters[index - 1]) && !isGap(letters[index])
        }
        func cut(_ head: Int, _ tail: Int) -> Cut? {
            guard head >= 0, tail >= 0, head + tail < letters.count else { return nil }
            let cut = Cut(head: Array(letters.prefix(head)), tail: Array(letters.suffix(tail)))
            return TextLayout.exceeds(cut.text, width) ? nil : cut
        }
        let room = width - 1
        let ends = words.map { letters.count - $0 }.filter { $0 <= room }
        let hasRelative = others.contains { Array($0).prefix(3) == letters.prefix(3) }
        let byEnd = ends.compactMap { cut(0, $0) }
        let byBoth = ends.filter { $0 <= room - 3 }.compactMap { cut(room - $0, $0) }
        let plain = (0...max(0, room)).reversed().compactMap { cut(room - $0, $0) }
        let start = [cut(room, 0)].compactMap { $0 }
        if words.isEmpty { return start + plain }
        return (hasRelative ? byEnd + byBoth : byBoth + byEnd) + (hasRelative ? [] : start) + plain
    }

    /// What is left where every cut is taken: a number.
    private static func numbered(_ taken: Set<String>, _ width: Int) -> String {
        for number in 2...99 where "\(number)".count < width {
            if !taken.contains("…\(number)") { return "…\(number)" }
        }
        return "…"
    }
}

extension WorkbenchModel {
    /// The name of the base or a lane in no more columns than there are, told from all other lanes'.
    package func name(of contender: Contender, atMost width: Int) -> String {
        let names = contenders.map(\.name)
        let cut = DistinctNames.cut(names, to: width)
        return names.firstIndex(of: contender.name).map { cut[$0] }
            ?? TextLayout.clipped(contender.name, to: width)
    }

    /// `1● popalign`, or `base`, in no more columns than there are; where a name would be a letter
    /// or two, the mark alone.
    package func label(
        of contender: Contender, atMost width: Int, mark: (Contender) -> String = LaneMark.text
    ) -> String {
        guard contender.index != nil else { return name(of: contender, atMost: width) }
        let mark = mark(contender)
        let room = width - TextLayout.columns(mark) - 1
        return room < 3 ? mark : "\(mark) \(name(of: contender, atMost: room))"
    }

    /// The columns that the longest of the contenders' labels takes in full.
    func longestLabel(_ contenders: [Contender], upTo limit: Int) -> Int {
        contenders.map { contender in
            let mark = contender.index == nil ? 0 : TextLayout.columns(LaneMark.text(contender)) + 1
            return TextLayout.columns(contender.name, upTo: limit) + mark
        }.max().map { min($0, limit) } ?? 0
    }
}
