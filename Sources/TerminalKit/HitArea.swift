/// A part of a frame that means something to the mouse.
public struct HitArea: Hashable, Sendable {
    /// Where it is.
    public let rect: Rect
    /// What it stands for; the program's own type.
    public let target: any (Hashable & Sendable)

    /// Marks a rectangle.
    public init(_ rect: Rect, _ target: any (Hashable & Sendable)) {
        self.rect = rect
        self.target = target
    }

    /// Whether two areas are the same place and mean the same.
    public static func == (a: HitArea, b: HitArea) -> Bool {
        a.rect == b.rect && AnyHashable(a.target) == AnyHashable(b.target)
    }

    /// Hashes the place and the meaning.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(rect)
        hasher.combine(AnyHashable(target))
    }
}
