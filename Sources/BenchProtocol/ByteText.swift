/// Counts of bytes as screen, commands and log write them: in powers of 1000, as disks are sold.
public enum ByteText {
    /// A count of bytes: `512 B`, `12 kB`, `365.9 MB`, `1.2 GB`.
    public static func text(_ count: Int) -> String {
        let size = max(0, count)
        if size < 1000 { return "\(size) B" }
        if size < 999_500 { return "\((size + 500) / 1000) kB" }
        let (unit, name) = size < 999_950_000 ? (1_000_000, "MB") : (1_000_000_000, "GB")
        // In tenths, rounded half up; the division comes first, so that no count is too large.
        let tenths = size / (unit / 10) + (size % (unit / 10) >= unit / 20 ? 1 : 0)
        return "\(tenths / 10).\(tenths % 10) \(name)"
    }
}
