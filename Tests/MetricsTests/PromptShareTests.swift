import Alignment
import Metrics
import TensorCore
import Testing

@Suite("Shares of pictures")
struct PromptShareTests {
    @Test("prompts that do not differ leave Wilson's interval, those that do widen it")
    func width() throws {
        let prompts = (0..<80).map { $0 / 10 }
        let even = PromptShare.estimate(of: (0..<80).map { $0 % 2 == 0 }, prompts: prompts)
        let uneven = PromptShare.estimate(of: (0..<80).map { $0 / 10 % 2 == 0 }, prompts: prompts)
        let wilson = Estimate.proportion(40, of: 80)
        #expect(even.value == 0.5 && uneven.value == 0.5 && even.n == 80)
        // Student's quantile with seven degrees of freedom is the only difference left.
        #expect(even.low <= wilson.low && even.low > wilson.low - 0.03)
        #expect(uneven.high - uneven.low > 2 * (even.high - even.low))
    }

    @Test("all and none have width, and a single prompt has Wilson's interval")
    func ends() {
        let all = PromptShare.estimate(
            of: Array(repeating: true, count: 20), prompts: (0..<20).map { $0 % 4 })
        #expect(all.value == 1 && all.high == 1 && all.low > 0.5 && all.low < 1)
        let flags = [true, false, true, true]
        #expect(
            PromptShare.estimate(of: flags, prompts: [3, 3, 3, 3])
                == Estimate.proportion(3, of: 4))
        #expect(PromptShare.estimate(of: [], prompts: []).value.isNaN)
        #expect(throws: MetricError.self) {
            try PromptShare.jackknifed(flags, prompts: [0, 0, 0, 0])
        }
    }

    @Test("two lanes with the same misses differ by nothing")
    func paired() throws {
        let prompts = (0..<30).map { $0 / 5 }
        let a = try PromptShare.jackknifed((0..<30).map { $0 % 7 > 0 }, prompts: prompts)
        let difference = try Jackknifed.difference(a, a)
        #expect(difference.value == 0 && difference.low == 0 && difference.high == 0)
    }
}
