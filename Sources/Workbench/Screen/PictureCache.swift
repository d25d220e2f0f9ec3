import Synchronization
import TerminalKit

/// Pictures already turned into cells: shrinking one costs more than drawing it.
///
/// A memory of a pure function, bounded, and shared by all copies of a model.
final class PictureCache: Sendable {
    /// What tells one picture on the screen from another.
    struct Key: Hashable {
        /// The sheet's number: a sheet that is sampled anew has another.
        var sheet: Int
        var picture: Int
        var columns: Int
        var rows: Int
        var depth: ColorDepth
    }

    private static let capacity = 512
    private let images = Mutex<[Key: CellImage]>([:])

    /// The picture in cells, made when it is first asked for.
    func image(_ key: Key, make: () -> CellImage?) -> CellImage? {
        if let known = images.withLock({ $0[key] }) { return known }
        guard let made = make() else { return nil }
        images.withLock { images in
            if images.count >= Self.capacity { images.removeAll(keepingCapacity: true) }
            images[key] = made
        }
        return made
    }
}
