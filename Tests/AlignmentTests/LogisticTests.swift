import Alignment
import Foundation
import Testing

@Suite struct LogisticTests {
    @Test("softplus and log-sigmoid equal their definitions where those can be evaluated")
    func definitions() {
        for x in stride(from: -30.0, through: 30, by: 0.37) {
            // ln(1 + e^x) itself rounds away e^x below about -30, hence log1p.
            #expect(agree(softplus(x), log1p(exp(x)), 1e-14))
            #expect(agree(logSigmoid(x), -log1p(exp(-x)), 1e-14))
            #expect(agree(sigmoid(x), 1 / (1 + exp(-x)), 1e-14))
        }
    }

    @Test("Nothing overflows, and the tails are linear and exponential")
    func extremes() {
        for x in [1e3, 2e5, 1e8, 1e300] {
            #expect(softplus(x) == x)
            #expect(softplus(-x) == 0)
            #expect(logSigmoid(-x) == -x)
            #expect(sigmoid(x) == 1 && sigmoid(-x) == 0)
        }
        #expect(agree(softplus(-700), exp(-700)))
        #expect(agree(sigmoid(-700), exp(-700)))
    }
}
