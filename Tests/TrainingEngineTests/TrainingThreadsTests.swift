import Foundation
import TensorCore
import Testing
import TrainingEngine

#if compiler(>=6.2)
    private typealias Fixture = TrainingFixture

    /// Trains a lane in this process with the given number of threads and prints its weights' bits.
    ///
    /// The number is read when the first piece of work is shared out, so a process has one for good.
    private func trainAndPrint(threads: Int) throws {
        setenv("POPBENCH_THREADS", "\(threads)", 1)
        precondition(Shards.cores == threads)
        let pipeline = try Fixture.pipeline()
        let lane = try Fixture.lane(Fixture.settings(objective: "popalign"), pipeline)
        let trainer = try Fixture.trainer(pipeline)
        for _ in 0..<5 { _ = trainer.advance([lane]) }
        // FNV-1a over the bit patterns.
        let digest = (lane.weights.array + lane.samplingWeights.array).reduce(
            0xcbf2_9ce4_8422_2325 as UInt64
        ) { ($0 ^ UInt64($1.bitPattern)) &* 0x0100_0000_01b3 }
        print("digest \(digest)")
        fflush(nil)
    }

    @Suite("Threads")
    struct TrainingThreadsTests {
        /// The line that names the digest.
        private func digest(_ result: ExitTest.Result?) -> Substring? {
            let bytes = result.map(\.standardOutputContent) ?? []
            return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
                .first { $0.hasPrefix("digest ") }.map { $0 }
        }

        @Test("processes with one, two and seven threads train the same bits")
        func processes() async throws {
            let one = await #expect(
                processExitsWith: .success, observing: [\.standardOutputContent]
            ) { try trainAndPrint(threads: 1) }
            let two = await #expect(
                processExitsWith: .success, observing: [\.standardOutputContent]
            ) { try trainAndPrint(threads: 2) }
            let seven = await #expect(
                processExitsWith: .success, observing: [\.standardOutputContent]
            ) { try trainAndPrint(threads: 7) }
            let expected = try #require(digest(one))
            #expect(digest(two) == expected)
            #expect(digest(seven) == expected)
        }
    }
#endif
