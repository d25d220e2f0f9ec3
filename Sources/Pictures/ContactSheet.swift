/// Lays pictures out in rows of equal cells, each picture in the middle of its cell.
///
/// - Parameters:
///   - pictures: at least one; a cell is as large as the largest of them.
///   - columns: cells a row.
///   - padding: pixels between the cells and around them.
///   - background: the colour between the pictures.
public func contactSheet(
    _ pictures: [Picture], columns: Int, padding: Int = 4, background: PictureColor = .white
) -> Picture {
    precondition(!pictures.isEmpty && columns > 0 && padding >= 0, "a sheet has pictures")
    let columns = min(columns, pictures.count)
    let rows = (pictures.count + columns - 1) / columns
    let cellWidth = pictures.map(\.width).max()!
    let cellHeight = pictures.map(\.height).max()!
    var sheet = Picture(
        width: columns * (cellWidth + padding) + padding,
        height: rows * (cellHeight + padding) + padding, filledWith: background)
    for (index, picture) in pictures.enumerated() {
        sheet.place(
            picture,
            x: padding + index % columns * (cellWidth + padding) + (cellWidth - picture.width) / 2,
            y: padding + index / columns * (cellHeight + padding)
                + (cellHeight - picture.height) / 2)
    }
    return sheet
}
