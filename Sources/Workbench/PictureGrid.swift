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

    /// Finds the largest pictures of which each contender still gets `least`; nil where none fit.
    ///
    /// - Parameters:
    ///   - pictures: how many each contender has at most.
    ///   - largest: the rows of a picture that is shown dot for dot.
    ///   - smallest: the fewest rows that a picture may have.
    package init?(
        width: Int, height: Int, contenders: Int, pictures: Int, least: Int, largest: Int,
        smallest: Int
    ) {
        guard contenders > 0, pictures > 0 else { return nil }
        for side in [largest] + Self.heights where side <= largest && side >= smallest {
            for labels in side >= 3 ? [true, false] : [false] {
                let rows = min(height / (side + (labels ? 1 : 0)), contenders)
                guard rows > 0 else { continue }
                let perRow = (contenders + rows - 1) / rows
                let count = (width / perRow - Self.gutter) / (side * 2 + 1)
                guard count >= min(max(1, least), pictures) else { continue }
                pictureWidth = side * 2
                pictureHeight = side
                hasLabels = labels
                stripsPerRow = perRow
                self.rows = (contenders + perRow - 1) / perRow
                picturesPerStrip = min(count, pictures)
                return
            }
        }
        return nil
    }
}
