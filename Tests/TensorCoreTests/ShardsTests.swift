import Foundation
import TensorCore
import Testing

/// How often each index was visited by one call; every index writes to its own place.
private func visits(_ count: Int, times: Int = 1) -> [Int] {
    var counts = [Int](repeating: 0, count: count)
    counts.withUnsafeMutableBufferPointer { buffer in
        let out = Confined(buffer)
        for _ in 0..<times {
            Shards.concurrently(count) { index in out.value[index] += 1 }
        }
    }
    return counts
}

@Suite("Shards")
struct ShardsTests {
    @Test("every index is visited once", arguments: [0, 1, 2, 3, 4, 5, 17, 1000])
    func coverage(count: Int) {
        #expect(visits(count) == [Int](repeating: 1, count: count))
    }

    @Test("short jobs in quick succession lose no index")
    func succession() {
        #expect(visits(4, times: 20_000) == [Int](repeating: 20_000, count: 4))
    }

    @Test("the pieces of a batch follow each other, cover it, and differ by one at most")
    func ranges() {
        for batch in 0...70 {
            let pieces = (0..<Shards.count).map { Shards.range($0, of: batch) }
            #expect(pieces.flatMap(Array.init) == Array(0..<batch))
            let sizes = pieces.map(\.count)
            #expect(sizes.max()! - sizes.min()! <= 1)
        }
    }

    @Test("a call from inside a piece runs in place, in order, on the same thread")
    func nested() {
        var orders = [[Int]](repeating: [], count: 8)
        var strayed = [Bool](repeating: true, count: 8)
        orders.withUnsafeMutableBufferPointer { orders in
            strayed.withUnsafeMutableBufferPointer { strayed in
                let shared = Confined((orders, strayed))
                Shards.concurrently(8) { outer in
                    let (orders, strayed) = shared.value
                    let own = pthread_self()
                    var same = true
                    Shards.concurrently(50) { inner in
                        orders[outer].append(inner)
                        if pthread_equal(own, pthread_self()) == 0 { same = false }
                    }
                    strayed[outer] = !same
                }
            }
        }
        #expect(orders == [[Int]](repeating: Array(0..<50), count: 8))
        #expect(strayed.allSatisfy { !$0 })
    }

    @Test("many threads may call at once, and each gets its whole job done")
    func manyCallers() {
        let (callers, rounds, width) = (12, 300, 9)
        let block = FloatBlock(count: callers * width)
        let group = DispatchGroup()
        for caller in 0..<callers {
            group.enter()
            let own = Confined(block.pointer + caller * width)
            Thread {
                for _ in 0..<rounds {
                    Shards.concurrently(width) { index in own.value[index] += Float(index + 1) }
                }
                group.leave()
            }.start()
        }
        group.wait()
        let expected = (0..<callers).flatMap { _ in (1...width).map { Float($0 * rounds) } }
        #expect(block.array == expected)
    }

    @Test("what the pieces wrote is seen when the call returns")
    func visibility() {
        var random = Philox(seed: 5, purpose: .evaluation)
        for _ in 0..<200 {
            let count = 1 + random.index(below: 64)
            let source = (0..<count).map { _ in random.uniform() }
            var copy = [Float](repeating: -1, count: count)
            copy.withUnsafeMutableBufferPointer { buffer in
                let out = Confined(buffer)
                Shards.concurrently { shard in
                    for index in Shards.range(shard, of: count) { out.value[index] = source[index] }
                }
            }
            #expect(copy == source)
        }
    }
}
