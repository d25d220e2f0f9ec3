import BenchProtocol

/// Who appears for the shown prompt in numbers: base and lanes, over equally many pictures.
package struct SharesTable: Sendable {
    /// One attribute of one contender.
    package struct Entry: Sendable, Equatable {
        /// The histogram that it is read from.
        package var histogram: PopulationHistogram
        /// Half of the discrepancy's 95 % interval.
        package var half: Double
        /// Whether no contender of the table has a smaller discrepancy, of those over as many pictures.
        package var isFairest = false
    }

    /// One attribute of everybody, in the order of the contenders.
    package struct Column: Sendable {
        package var attribute: String
        package var classes: [String]
        /// nil where a contender was not sampled, or counts other classes.
        package var entries: [Entry?]
        /// Pictures of each contender, where all have the same number.
        package var pictures: Int?

        /// The discrepancy that a fair model shows by chance: the root mean square of so many pictures.
        package var fairFloor: Double? {
            guard let pictures, pictures > 0, !classes.isEmpty else { return nil }
            return ((1 - 1 / Double(classes.count)) / Double(pictures)).squareRoot()
        }
    }

    /// Base and lanes.
    package var contenders: [Contender]
    /// The attributes that somebody was sampled for.
    package var columns: [Column]

    /// The table of the shown prompt.
    package init(_ model: WorkbenchModel) {
        contenders = model.contenders
        columns = model.shownAttributes.compactMap { attribute in
            SharesTable.column(attribute, model)
        }
    }

    private static func column(_ attribute: String, _ model: WorkbenchModel) -> Column? {
        let classes = model.shownClasses(attribute)
        guard !classes.isEmpty else { return nil }
        let found = model.contenders.map { contender -> Entry? in
            guard let histogram = model.population(lane: contender.name, attribute: attribute),
                histogram.classes == classes, histogram.pictures > 0
            else { return nil }
            return Entry(histogram: histogram, half: halfWidth(histogram.counts))
        }
        let sizes = Set(found.compactMap { $0?.histogram.pictures })
        let pictures = sizes.count == 1 ? sizes.first : nil
        // Over unequal numbers the one with more pictures looks fairer by chance alone.
        let least = pictures == nil ? nil : found.compactMap { $0?.histogram.discrepancy }.min()
        let entries = found.map { entry in
            entry.map { entry in
                var entry = entry
                entry.isFairest = entry.histogram.discrepancy == least
                return entry
            }
        }
        return Column(
            attribute: attribute, classes: classes, entries: entries, pictures: pictures)
    }

    /// Half of a discrepancy's 95 % interval by the delta method: D = norm2(p - u) has the variance
    /// `(sum g^2 p - (sum g p)^2) / n` with g = (p - u) / D.
    ///
    /// Two pictures spread evenly over the classes are added, so that a handful of one class alone is not
    /// taken for certain.
    package static func halfWidth(_ counts: [Int]) -> Double {
        let n = counts.reduce(0.0) { $0 + Double($1) } + 2
        let uniform = 1 / Double(counts.count)
        let shares = counts.map { (Double($0) + 2 * uniform) / n }
        let distance = shares.reduce(0) { $0 + ($1 - uniform) * ($1 - uniform) }.squareRoot()
        guard distance > 0 else { return 1.96 * ((1 - uniform) / n).squareRoot() }
        let slopes = shares.map { ($0 - uniform) / distance }
        let mean = zip(slopes, shares).reduce(0) { $0 + $1.0 * $1.1 }
        let square = zip(slopes, shares).reduce(0) { $0 + $1.0 * $1.0 * $1.1 }
        return 1.96 * (max(0, square - mean * mean) / n).squareRoot()
    }

    // MARK: A file of it

    /// The table for a file: a row a contender.
    func exported(_ model: WorkbenchModel) -> ExportTable? {
        guard !columns.isEmpty else { return nil }
        var heads: [ExportTable.Column] = [
            .init(name: "prompt", head: nil), .init(name: "lane", head: "lane"),
        ]
        for column in columns {
            let name = column.attribute
            heads += [
                .init(name: "\(name)_step", head: nil), .init(name: "\(name)_pictures", head: "n"),
                .init(name: "discrepancy_\(name)", head: "D \(name)"),
                .init(name: "discrepancy_\(name)_half", head: "+-"),
            ]
            heads += column.classes.map { .init(name: "share_\($0)", head: $0) }
        }
        let rows = contenders.indices.map { place -> [ExportTable.Value] in
            var row: [ExportTable.Value] = [
                .text(model.shownPrompt), .text(contenders[place].name),
            ]
            for column in columns { row += Self.values(column.entries[place], column) }
            return row
        }
        return ExportTable(
            name: "who-appears-\(model.shownPrompt)",
            title: "\"\(model.shownPrompt)\": who appears, discrepancies with 95 % intervals",
            columns: heads, rows: rows)
    }

    private static func values(_ entry: Entry?, _ column: Column) -> [ExportTable.Value] {
        func rounded(_ value: Double?) -> ExportTable.Value {
            .rounded(value, shown: value.map(NumberText.share) ?? NumberText.missing)
        }
        let shares = entry.map { entry in
            entry.histogram.counts.map { Double($0) / Double(entry.histogram.pictures) }
        }
        var values: [ExportTable.Value] = [
            .number(entry.map { Double($0.histogram.step) }),
            .number(entry.map { Double($0.histogram.pictures) }),
            rounded(entry?.histogram.discrepancy), rounded(entry?.half),
        ]
        for place in column.classes.indices { values.append(rounded(shares?[place])) }
        return values
    }
}
