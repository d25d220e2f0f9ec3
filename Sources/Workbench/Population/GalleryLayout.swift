import BenchProtocol
import TerminalKit

/// How rows of pictures, each with a label below, share a rectangle.
package struct GalleryLayout: Equatable, Sendable {
    /// A picture's rows; it has twice as many columns.
    package let side: Int
    /// Pictures beside each other.
    package let perRow: Int
    /// Rows of pictures that fit.
    package let visibleRows: Int
    /// Columns before the pictures that name a row's contender; 0 where one contender has all.
    package let gutter: Int

    /// The sides that can be chosen, largest first.
    package static let sides = [16, 12, 10, 8, 7, 6, 5, 4, 3]
    /// The smallest side that is chosen by itself where rows would else have to be scrolled.
    private static let comfortable = 5

    /// Columns of a picture with the gap after it.
    package var cellWidth: Int { 2 * side + 1 }
    /// Rows of a picture with its label.
    package var cellHeight: Int { side + 1 }

    /// Finds a layout; nil where not even the smallest picture fits.
    ///
    /// - Parameters:
    ///   - rows: contenders; each has a row of its own unless there is one.
    ///   - pictures: the most of any row.
    ///   - wanted: the side asked for; the largest that fits up to it is taken. nil takes the largest
    ///     that shows everybody and a few columns, else a comfortable one.
    ///   - exact: the side at which a picture is shown dot for dot.
    ///   - names: the columns that the longest name takes.
    package init?(
        width: Int, height: Int, rows: Int, pictures: Int, isWrapped: Bool, wanted: Int?,
        exact: Int,
        names: Int = 0
    ) {
        let gutter = isWrapped ? 1 : 6
        let fitting = (Self.sides + [2]).filter { side in
            side <= max(exact, 2) && width >= gutter + 2 * side && height >= side + 1
        }
        guard let smallest = fitting.last, pictures > 0, rows > 0 else { return nil }
        func perRow(_ side: Int) -> Int { max(1, (width - gutter + 1) / (2 * side + 1)) }
        func down(_ side: Int) -> Int { height / (side + 1) }
        let everything = fitting.first { side in
            isWrapped
                ? perRow(side) * down(side) >= pictures
                : down(side) >= rows && perRow(side) >= min(pictures, 4)
        }
        let chosen =
            if let wanted {
                fitting.first { $0 <= wanted } ?? smallest
            } else if let everything, everything >= min(Self.comfortable, fitting[0]) {
                everything
            } else {
                // As large as that many rows can be, while a few columns stay in sight.
                fitting.first {
                    down($0) == down(fitting.last { $0 >= Self.comfortable } ?? fitting[0])
                        && perRow($0) >= min(pictures, 4)
                } ?? fitting.last { $0 >= Self.comfortable } ?? fitting[0]
            }
        side = chosen
        let across = min(perRow(chosen), isWrapped ? .max : pictures)
        self.perRow = across
        // What width is left over gives names room.
        let spare = width - gutter - across * (2 * chosen + 1) + 1
        self.gutter = isWrapped ? gutter : gutter + max(0, min(spare, names + 1 - gutter))
        visibleRows = max(1, down(chosen))
    }

    /// The largest side at which a number of pictures with a label each fit a rectangle; nil if none.
    package static func side(of count: Int, in rect: Rect, exact: Int) -> Int? {
        (sides + [2]).first { side in
            let across = (rect.width + 1) / (2 * side + 1)
            guard side <= max(exact, 2), across > 0 else { return false }
            return (count + across - 1) / across * (side + 1) <= rect.height
        }
    }
}

extension WorkbenchModel {
    /// The view's rectangle on the screen as it is now.
    var populationArea: Rect {
        ScreenFrame(Rect(width: width, height: height), SizeClass(width: width, height: height))
            .view
    }

    /// The layout of the gallery on the screen as it is now; nil where there is nothing to lay out.
    package var galleryLayout: GalleryLayout? {
        galleryLayout(rows: galleryRows, in: PopulationView.inner(of: populationArea))
    }

    func galleryLayout(rows: [GalleryRow], in inner: Rect) -> GalleryLayout? {
        let area = GalleryPage.pictures(of: inner)
        let exact = rows.compactMap { $0.sheet.map { ($0.height + 1) / 2 } }.max() ?? 16
        return GalleryLayout(
            width: area.width, height: area.height, rows: rows.count,
            pictures: rows.map(\.items.count).max() ?? 0, isWrapped: gallery.isOneLane,
            wanted: gallery.side, exact: exact,
            names: rows.map { TextLayout.columns($0.contender.name, upTo: 48) }.max() ?? 0)
    }
}
