import TensorCore
import Testing

private func address(_ pointer: UnsafeMutablePointer<Float>) -> Int { Int(bitPattern: pointer) }

/// Sizes for a pass, some larger than a block of 1000 floats.
private func sizes(seed: UInt64, count: Int = 60) -> [Int] {
    var random = Philox(seed: seed, purpose: .evaluation)
    return (0..<count).map { _ in
        random.index(below: 10) == 0 ? 1 + random.index(below: 3000) : 1 + random.index(below: 200)
    }
}

@Suite("Arena")
struct ArenaTests {
    @Test("pieces start on 64-byte boundaries and never overlap, whatever their sizes")
    func pieces() {
        for seed in 0..<20 {
            let arena = Arena(blockSize: 1000)
            let sizes = sizes(seed: UInt64(seed))
            let pieces = sizes.map { arena.allocate($0) }
            #expect(pieces.allSatisfy { address($0) % 64 == 0 })
            for (index, piece) in pieces.enumerated() {
                piece.update(repeating: Float(index), count: sizes[index])
            }
            for (index, piece) in pieces.enumerated() {
                let values = UnsafeBufferPointer(start: piece, count: sizes[index])
                #expect(values.allSatisfy { $0 == Float(index) }, "piece \(index)")
            }
        }
    }

    @Test("a reset arena lends the same memory again and grows no more")
    func reset() {
        let arena = Arena(blockSize: 1000)
        let sizes = sizes(seed: 3)
        let first = sizes.map { address(arena.allocate($0)) }
        let held = arena.byteCount
        for _ in 0..<3 {
            arena.reset()
            #expect(sizes.map { address(arena.allocate($0)) } == first)
            #expect(arena.byteCount == held)
        }
    }

    @Test("an arena holds what was asked for, rounded up to its blocks")
    func growth() {
        let arena = Arena(blockSize: 1024)
        #expect(arena.byteCount == 0)
        _ = arena.allocate(1)
        #expect(arena.byteCount == 4096)
        _ = arena.allocate(1008)
        #expect(arena.byteCount == 4096)
        _ = arena.allocate(1)
        #expect(arena.byteCount == 2 * 4096)
        _ = arena.allocate(5000)
        #expect(arena.byteCount == 2 * 4096 + 5008 * 4)
    }

    @Test("zeros are zeros on memory that held something else")
    func zeros() {
        let arena = Arena(blockSize: 256)
        for size in [1, 15, 16, 17, 200] {
            arena.allocate(size).update(repeating: .nan, count: size)
            arena.reset()
            let zeros = UnsafeBufferPointer(start: arena.allocateZeros(size), count: size)
            #expect(zeros.allSatisfy { $0 == 0 })
            arena.reset()
        }
    }

    @Test("workspaces outlive a reset, stay apart, and move only to grow")
    func workspaces() {
        let arena = Arena(blockSize: 256)
        let first = arena.workspace(100)
        let second = arena.workspace(100, slot: 1)
        first.update(repeating: 1, count: 100)
        second.update(repeating: 2, count: 100)
        arena.allocate(100).update(repeating: 3, count: 100)
        arena.reset()
        arena.allocate(256).update(repeating: 4, count: 256)
        #expect(arena.workspace(7) == first && arena.workspace(100, slot: 1) == second)
        #expect(UnsafeBufferPointer(start: first, count: 100).allSatisfy { $0 == 1 })
        #expect(UnsafeBufferPointer(start: second, count: 100).allSatisfy { $0 == 2 })
        let held = arena.byteCount
        let grown = arena.workspace(1000)
        #expect(address(grown) % 64 == 0)
        #expect(arena.byteCount == held + 900 * 4)
        #expect(arena.workspace(1000) == grown)
    }

    @Test("a pool lends one arena again and again, and two where two are out at once")
    func pool() {
        let pool = ArenaPool()
        let first = pool.withArena { arena in
            _ = arena.allocate(10)
            return ObjectIdentifier(arena)
        }
        let held = pool.byteCount
        #expect(held > 0)
        pool.withArena { outer in
            #expect(ObjectIdentifier(outer) == first)
            #expect(pool.byteCount == 0)
            pool.withArena { inner in
                #expect(ObjectIdentifier(inner) != first)
                #expect(inner.allocate(10) != outer.allocate(10))
            }
        }
        #expect(pool.byteCount == 2 * held)
    }

    @Test("an arena comes back to the pool when its borrower throws")
    func throwingBorrower() {
        struct Stopped: Error {}
        let pool = ArenaPool()
        #expect(throws: Stopped.self) {
            try pool.withArena { arena in
                _ = arena.allocate(10)
                throw Stopped()
            }
        }
        #expect(pool.byteCount > 0)
    }
}

@Suite("Float block")
struct FloatBlockTests {
    @Test("a block starts as zeros, takes values over and gives them back")
    func values() {
        let block = FloatBlock(count: 37)
        #expect(block.array == [Float](repeating: 0, count: 37))
        #expect(address(block.pointer) % 64 == 0)
        let given = (0..<37).map { Float($0) * 0.5 }
        block.copy(from: FloatBlock(given))
        #expect(block.array == given)
        block.clear()
        #expect(block.array.allSatisfy { $0 == 0 })
        #expect(FloatBlock([]).array.isEmpty)
    }

    @Test("a recycled piece is lent to the next claim of its rounded size, and to one only")
    func recycling() {
        let arena = Arena(blockSize: 1000)
        let piece = arena.allocate(100)
        arena.recycle(piece, count: 100, generation: arena.generation)
        #expect(arena.allocate(200) != piece, "another size")
        #expect(arena.allocate(110) == piece, "100 and 110 are both 112 rounded up")
        #expect(arena.allocate(100) != piece)
    }

    @Test("pieces of before a reset are not recycled after it")
    func staleRecycling() {
        let arena = Arena(blockSize: 1000)
        let (generation, piece) = (arena.generation, arena.allocate(64))
        arena.reset()
        #expect(arena.allocate(64) == piece)
        arena.recycle(piece, count: 64, generation: generation)
        #expect(arena.allocate(64) != piece, "lent already")
        let fresh = Arena(blockSize: 1000)
        let returned = fresh.allocate(64)
        fresh.recycle(returned, count: 64, generation: fresh.generation)
        fresh.reset()
        #expect(fresh.allocate(64) == returned)
        #expect(fresh.allocate(64) != returned, "the reset had given it back already")
    }
}
