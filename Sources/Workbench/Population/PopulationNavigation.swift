import BenchProtocol
import TerminalKit

extension WorkbenchModel {
    /// Does what a key that works in several views means in this one: arrows, pages, ends, enter.
    mutating func populationNavigate(_ action: BenchAction) -> [WorkbenchEffect] {
        switch gallery.page {
        case .gallery, .picture:
            if action == .activate {
                gallery.page = gallery.page == .gallery ? .picture : .gallery
            } else {
                moveInGallery(action)
            }
            return fetchFilm()
        case .ridgeline, .heatMap:
            if action == .activate {
                gallery.page = .gallery
            } else {
                moveInHistory(action)
            }
            return []
        case .shares:
            switch action {
            case .move(.up), .move(.left): moveLane(by: -1)
            case .move(.down), .move(.right): moveLane(by: 1)
            case .toStart: moveLane(by: -laneStates.count)
            case .toEnd: moveLane(by: laneStates.count)
            case .activate:
                // To the pictures of the lane that was looked at.
                gallery.page = .gallery
                gallery.isOnBase = laneStates.isEmpty
            default: break
            }
            return []
        }
    }

    // MARK: Among pictures

    private mutating func moveInGallery(_ action: BenchAction) {
        let rows = galleryRows
        let cursor = galleryCursor(in: rows)
        guard rows.indices.contains(cursor.row) else { return }
        let page = max(1, galleryLayout?.perRow ?? 1)
        let isWrapped = gallery.isOneLane && gallery.page == .gallery
        switch action {
        case .move(.left): step(by: -1, in: rows[cursor.row], from: cursor.column)
        case .move(.right): step(by: 1, in: rows[cursor.row], from: cursor.column)
        case .move(.up), .move(.down):
            let sign = action == .move(.up) ? -1 : 1
            if isWrapped {
                step(by: sign * page, in: rows[cursor.row], from: cursor.column)
            } else {
                changeRow(by: sign, rows, cursor)
            }
        case .pageUp, .pageDown:
            let sign = action == .pageUp ? -1 : 1
            let whole = isWrapped ? page * max(1, galleryLayout?.visibleRows ?? 1) : page
            step(by: sign * whole, in: rows[cursor.row], from: cursor.column)
        case .toStart: gallery.noise = rows[cursor.row].items.lazy.compactMap { $0 }.first ?? 0
        case .toEnd:
            gallery.noise = rows[cursor.row].items.lazy.reversed().compactMap { $0 }.first ?? 0
        default: break
        }
    }

    /// Goes along a row, over places that are empty there.
    private mutating func step(by offset: Int, in row: GalleryRow, from column: Int?) {
        guard let column else { return }
        let places = row.items.indices.filter { row.items[$0] != nil }
        guard let rank = places.firstIndex(of: column) else { return }
        let next = places[min(max(0, rank + offset), places.count - 1)]
        gallery.noise = row.items[next] ?? gallery.noise
    }

    private mutating func changeRow(
        by offset: Int, _ rows: [GalleryRow], _ cursor: (row: Int, column: Int?)
    ) {
        let everyone = contenders
        guard let now = everyone.firstIndex(where: { $0.name == galleryContender.name }) else {
            return
        }
        let next = min(max(0, now + offset), everyone.count - 1)
        guard next != now else { return }
        putCursor(on: everyone[next])
        // Rows in an order of their own share places, not noise.
        guard !isPaired, let column = cursor.column,
            let row = rows.first(where: { $0.contender == everyone[next] })
        else { return }
        let places = row.items.compactMap { $0 }
        if !places.isEmpty { gallery.noise = places[min(column, places.count - 1)] }
    }

    /// Puts the cursor into a contender's row, and the focus on its lane.
    mutating func putCursor(on contender: Contender) {
        if let index = contender.index {
            focusedLane = index
            gallery.isOnBase = false
        } else {
            gallery.isOnBase = true
            gallery.laneAtBase = focusedLane
        }
    }

    // MARK: Among steps

    private mutating func moveInHistory(_ action: BenchAction) {
        let steps = HistoryTable(self).steps
        let now =
            gallery.step.flatMap { step in steps.lastIndex { $0 <= step } } ?? steps.count - 1
        func go(to place: Int) {
            guard !steps.isEmpty else { return }
            let clamped = min(max(0, place), steps.count - 1)
            gallery.step = clamped == steps.count - 1 ? nil : steps[clamped]
        }
        // The steps of a ridgeline lie below each other, those of a heat map beside.
        let isUpright = gallery.page == .ridgeline
        switch action {
        case .move(let direction):
            let along: [Direction] = isUpright ? [.up, .down] : [.left, .right]
            if direction == along[0] {
                go(to: now - 1)
            } else if direction == along[1] {
                go(to: now + 1)
            } else {
                moveLane(by: direction == .left || direction == .up ? -1 : 1)
            }
        case .pageUp: go(to: now - 10)
        case .pageDown: go(to: now + 10)
        case .toStart: go(to: 0)
        case .toEnd: gallery.step = nil
        default: break
        }
    }

    private mutating func moveLane(by offset: Int) {
        guard !laneStates.isEmpty else { return }
        focusedLane = min(max(0, focusedLane + offset), laneStates.count - 1)
    }

    // MARK: The mouse

    /// A mouse action over something that the view marked as its own.
    mutating func populationPointer(_ event: MouseEvent, on target: MouseTarget)
        -> [WorkbenchEffect]
    {
        switch event.action {
        case .scrollUp: return populationNavigate(.move(gallery.page == .heatMap ? .left : .up))
        case .scrollDown:
            return populationNavigate(.move(gallery.page == .heatMap ? .right : .down))
        case .press(button: 1): break
        case .press, .release: return []
        }
        guard case .item(_, let number) = target else { return [] }
        let spot = GallerySpot(number)
        let everyone = contenders
        switch spot.kind {
        case .step:
            let steps = HistoryTable(self).steps
            guard steps.indices.contains(spot.item) else { return [] }
            gallery.step = spot.item == steps.count - 1 ? nil : steps[spot.item]
        case .picture:
            guard everyone.indices.contains(spot.row) else { return [] }
            let wasThere =
                everyone[spot.row] == galleryContender && gallery.noise == spot.item
            putCursor(on: everyone[spot.row])
            gallery.noise = spot.item
            // A second click opens the picture.
            if wasThere || gallery.page == .picture { gallery.page = .picture }
        }
        return fetchFilm()
    }
}

/// What a click on the view means, packed into a target's number.
struct GallerySpot {
    enum Kind: Int { case picture, step }

    var kind: Kind
    /// The contender's place, the base being 0.
    var row: Int
    /// The picture's noise, or the step's place.
    var item: Int

    init(_ kind: Kind, row: Int = 0, item: Int) {
        (self.kind, self.row, self.item) = (kind, row, item)
    }

    init(_ number: Int) {
        kind = Kind(rawValue: number & 1) ?? .picture
        row = number >> 1 & 0xFFFF
        item = number >> 17
    }

    /// The number that a target carries.
    var number: Int { item << 17 | (row & 0xFFFF) << 1 | kind.rawValue }
}
