import BenchProtocol

/// One row of the gallery: a contender and the pictures of it that are shown.
package struct GalleryRow: Sendable {
    /// Whose pictures they are.
    package var contender: Contender
    /// All pictures there are of it; nil where none were sampled.
    package var sheet: Thumbnails?
    /// The noise of the pictures shown, in order; nil leaves the place of a column empty.
    package var items: [Int?]
}

extension WorkbenchModel {
    /// Who the cursor is on: the base, or the focused lane.
    package var galleryContender: Contender {
        let everyone = contenders
        let isOnBase = gallery.isOnBase && gallery.laneAtBase == focusedLane
        return everyone[isOnBase ? 0 : min(focusedLane + 1, everyone.count - 1)]
    }

    /// The attribute in question, among those that there are.
    package var galleryAttribute: String {
        let known = shownAttributes
        return known.contains(gallery.attribute) ? gallery.attribute : known.first ?? "gender"
    }

    /// The classes of an attribute for the shown prompt, in the classifier's order.
    package func shownClasses(_ attribute: String) -> [String] {
        let prompt = shownPrompt
        for contender in contenders {
            if let histogram = population(lane: contender.name, attribute: attribute) {
                return histogram.classes
            }
            if let history = populationRecord.history(
                lane: contender.name, prompt: prompt, attribute: attribute)
            {
                return history.classes
            }
        }
        return []
    }

    /// The class of an attribute that a picture's label names.
    package func shownClass(_ attribute: String, in label: String) -> String? {
        let words = PictureLabel.words(label)
        let classes = shownClasses(attribute)
        if let named = words.first(where: classes.contains) { return named }
        // Before any histogram has come, the order of the usual attributes tells.
        guard classes.isEmpty, let place = ["gender", "tone"].firstIndex(of: attribute),
            words.indices.contains(place)
        else { return nil }
        return words[place]
    }

    /// Whether the filters let a picture through.
    private func isShown(_ picture: Thumbnails.Picture) -> Bool {
        if let wanted = gallery.filter, shownClass(galleryAttribute, in: picture.label) != wanted {
            return false
        }
        return switch gallery.sureness {
        case .any: true
        case .sure: picture.confidence >= 0.9
        case .fair: picture.confidence >= 0.7
        case .doubtful: !(picture.confidence >= 0.7)
        }
    }

    /// Whether the columns of the gallery share their noise.
    package var isPaired: Bool { gallery.order == .noise && !gallery.isOneLane }

    /// The rows of the gallery, the base first.
    package var galleryRows: [GalleryRow] {
        let prompt = shownPrompt
        let shown = gallery.isOneLane ? [galleryContender] : contenders
        var rows = shown.map { contender in
            let sheet = sheets.sheet(lane: contender.name, prompt: prompt)
            let pictures = sheet?.pictures ?? []
            return GalleryRow(
                contender: contender, sheet: sheet,
                items: ordered(pictures.indices.filter { isShown(pictures[$0]) }, pictures))
        }
        guard isPaired else { return rows }
        // A column stays as long as anybody has a picture in it.
        let columns = Set(rows.flatMap { $0.items.compactMap { $0 } }).sorted()
        for index in rows.indices {
            let own = Set(rows[index].items)
            rows[index].items = columns.map { own.contains($0) ? $0 : nil }
        }
        return rows
    }

    private func ordered(_ indices: [Int], _ pictures: [Thumbnails.Picture]) -> [Int] {
        func confidence(_ index: Int) -> Double {
            let value = pictures[index].confidence
            return value.isFinite ? value : 0
        }
        func surer(_ a: Int, _ b: Int) -> Bool {
            (confidence(a), b) > (confidence(b), a)
        }
        switch gallery.order {
        case .noise: return indices
        case .surest: return indices.sorted(by: surer)
        case .leastSure: return indices.sorted { (confidence($0), $0) < (confidence($1), $1) }
        case .attribute:
            let classes = shownClasses(galleryAttribute)
            let places = indices.map { index in
                shownClass(galleryAttribute, in: pictures[index].label)
                    .flatMap(classes.firstIndex) ?? classes.count
            }
            return zip(indices, places).sorted { a, b in
                a.1 != b.1 ? a.1 < b.1 : surer(a.0, b.0)
            }.map(\.0)
        }
    }

    /// Where the cursor is: its row, and its place in that row; nil in a row without pictures.
    package func galleryCursor(in rows: [GalleryRow]) -> (row: Int, column: Int?) {
        let name = galleryContender.name
        let row = rows.firstIndex { $0.contender.name == name } ?? 0
        guard rows.indices.contains(row) else { return (0, nil) }
        let items = rows[row].items
        if let place = items.firstIndex(of: gallery.noise) { return (row, place) }
        // The picture is not shown: the nearest that is.
        let nearest = items.indices.filter { items[$0] != nil }.min {
            abs((items[$0] ?? 0) - gallery.noise) < abs((items[$1] ?? 0) - gallery.noise)
        }
        return (row, nearest)
    }

    /// The picture under the cursor with the sheet it is in.
    package var galleryPicture: (sheet: Thumbnails, noise: Int, picture: Thumbnails.Picture)? {
        let contender = galleryContender
        guard let sheet = sheets.sheet(lane: contender.name, prompt: shownPrompt) else {
            return nil
        }
        let rows = galleryRows
        let cursor = galleryCursor(in: rows)
        let shown = cursor.column.flatMap { rows[cursor.row].items[$0] }
        // A picture that is looked at stays, whatever the gallery's filters are.
        let noise = gallery.page == .picture ? gallery.noise : shown
        guard let noise, sheet.pictures.indices.contains(noise) else { return nil }
        return (sheet, noise, sheet.pictures[noise])
    }

    /// What tells the film of the picture under the cursor.
    var shownFilmKey: PopulationRecord.FilmKey? {
        galleryPicture.map {
            PopulationRecord.FilmKey(lane: $0.sheet.lane, prompt: shownPrompt, index: $0.noise)
        }
    }
}
