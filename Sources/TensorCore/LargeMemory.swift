#if canImport(Glibc)
    import Glibc
#endif

/// Memory that numeric loops stream through: small pieces from the allocator, large ones from the system.
///
/// What is large goes back to the system when it is released. The allocator would keep it, and pieces of
/// many sizes that come and go between steps would leave it with holes that nothing fits.
enum LargeMemory {
    private static let large = 2 << 20

    /// Uninitialised floats, 64-byte aligned, to be given to `release`.
    static func claim(_ count: Int) -> UnsafeMutablePointer<Float> {
        let bytes = byteCount(count)
        #if canImport(Glibc)
            if bytes >= large {
                let pages = mmap(
                    nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
                guard let pages, pages != MAP_FAILED else {
                    fatalError("out of memory: the system refuses \(bytes >> 20) MiB")
                }
                return pages.bindMemory(to: Float.self, capacity: max(count, 1))
            }
        #endif
        return UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
            .bindMemory(to: Float.self, capacity: max(count, 1))
    }

    /// Floats that are zero.
    static func claimZeros(_ count: Int) -> UnsafeMutablePointer<Float> {
        let pointer = claim(count)
        #if canImport(Glibc)
            // The system's pages come zeroed, and are not there before they are touched.
            if byteCount(count) >= large { return pointer }
        #endif
        pointer.update(repeating: 0, count: max(count, 1))
        return pointer
    }

    /// Gives back what was claimed for the same count.
    static func release(_ pointer: UnsafeMutablePointer<Float>, count: Int) {
        #if canImport(Glibc)
            if byteCount(count) >= large {
                munmap(pointer, byteCount(count))
                return
            }
        #endif
        pointer.deallocate()
    }

    private static func byteCount(_ count: Int) -> Int {
        max(count, 1) * MemoryLayout<Float>.stride
    }
}
