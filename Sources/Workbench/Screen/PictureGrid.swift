/// How the pictures of several contenders share a rectangle: strips of equal pictures, in rows.
package struct PictureGrid: Equatable, Sendable {
    /// A picture's columns; a cell shows one pixel over another, so they are twice its rows.
    package let pictureWidth: Int
    /// A picture's rows.
    package let pictureHeight: Int
    /// Whether a line under each picture says what the classifier sees in it.
    package let hasLabels: Bool
    /// Strips beside each other.
    package let stripsPerRow: Int
    /// Rows of strips.
    package let rows: Int
    /// Pictures in each strip.
    package let picturesPerStrip: Int

    /// Columns before a strip that name its contender.
    package static let gutter = 5
    private static let heights = [14, 12, 10, 8, 7, 6, 5, 4, 3, 2]

    /// Finds the layout that covers most of the rectangle; nil where none fits.
    ///
    /// Pictures without labels are a last resort: they do not say who is seen.
    ///
    /// - Parameters:
    ///   - pictures: how many each contender has at most.
    ///   - least: how many each contender is to have at least.
    ///   - largest: the rows of a picture that is shown dot for dot.
    ///   - smallest: the fewest rows that a picture may have.
    package init?(
        width: Int, height: Int, contenders: Int, pictures: Int, least: Int, largest: Int,
        smallest: Int
    ) {
        guard contenders > 0, pictures > 0 else { return nil }
        var best: PictureGrid?
        for hasLabels in [true, false] where best == nil {
            for side in [largest] + Self.heights
            where side <= largest && side >= max(smallest, hasLabels ? 3 : 1) {
                let rows = min(height / (side + (hasLabels ? 1 : 0)), contenders)
                guard rows > 0 else { continue }
                let perRow = (contenders + rows - 1) / rows
                let count = (width / perRow - Self.gutter) / (side * 2 + 1)
                guard count >= min(max(1, least), pictures) else { continue }
                let grid = PictureGrid(
                    pictureWidth: side * 2, pictureHeight: side, hasLabels: hasLabels,
                    stripsPerRow: perRow, rows: (contenders + perRow - 1) / perRow,
                    picturesPerStrip: min(count, pictures))
                if grid.covered > best?.covered ?? 0 { best = grid }
            }
        }
        guard let best else { return nil }
        self = best
    }

    /// The cells that one contender's pictures and labels cover.
    private var covered: Int {
        picturesPerStrip * pictureWidth * (pictureHeight + (hasLabels ? 1 : 0))
    }

    private init(
        pictureWidth: Int, pictureHeight: Int, hasLabels: Bool, stripsPerRow: Int, rows: Int,
        picturesPerStrip: Int
    ) {
        self.pictureWidth = pictureWidth
        self.pictureHeight = pictureHeight
        self.hasLabels = hasLabels
        self.stripsPerRow = stripsPerRow
        self.rows = rows
        self.picturesPerStrip = picturesPerStrip
    }
}
