#if canImport(Glibc)
    import Glibc
#endif

/// Claims memory that numeric loops stream through.
enum LargeMemory {
    /// The size of a huge page on x86-64 and on most other machines.
    private static let hugePage = 2 << 20

    /// Uninitialised floats, 64-byte aligned; given back with `deallocate`.
    ///
    /// A training step walks through hundreds of megabytes, a page table's entry for every 4 KiB of them.
    /// Where the system lends huge pages to those who ask, large claims ask.
    static func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
        let bytes = max(count, 1) * MemoryLayout<Float>.stride
        let isLarge = bytes >= hugePage
        let raw = UnsafeMutableRawPointer.allocate(
            byteCount: bytes, alignment: isLarge ? hugePage : 64)
        #if canImport(Glibc)
            // A refusal costs speed alone.
            if isLarge { _ = madvise(raw, bytes, MADV_HUGEPAGE) }
        #endif
        return raw.bindMemory(to: Float.self, capacity: max(count, 1))
    }
}
