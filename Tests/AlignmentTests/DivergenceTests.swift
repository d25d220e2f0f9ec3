import Alignment
import Foundation
import Testing

@Suite struct DivergenceTests {
    static let ratios = [1e-4, 0.01, 0.2, 0.9, 1, 1.3, 4, 60, 3_000]

    @Test("f is 0 at 1 and convex, and matches its closed form", arguments: everyDivergence)
    func values(_ divergence: Divergence) {
        #expect(abs(divergence.f(1)) < 1e-15)
        for u in Self.ratios {
            let expected: Double
            switch divergence {
            case .reverseKL: expected = u * log(u)
            case .forwardKL: expected = -log(u)
            case .jensenShannon:
                // Twice the divergence to the mixture, term by term.
                expected = u * log(2 * u / (u + 1)) + log(2 / (u + 1))
            case .alpha(let a):
                expected = (pow(u, 1 - a) - (1 - a) * u - a) / (a * (a - 1))
            case .jeffreys: expected = u * log(u) + log(1 / u)
            }
            #expect(abs(divergence.f(u) - expected) < 1e-12 * (1 + abs(u * log(u))))
            #expect(divergence.secondDerivative(u) > 0)
        }
    }

    @Test("f' and f'' are the derivatives of f and f'", arguments: everyDivergence)
    func derivatives(_ divergence: Divergence) {
        for u in Self.ratios {
            let first = slope(at: u, step: 1e-3 * u, of: divergence.f)
            #expect(abs(first - divergence.derivative(u)) < 1e-8 * (1 + abs(first)))
            let second = slope(at: u, step: 1e-3 * u, of: divergence.derivative)
            #expect(agree(second, divergence.secondDerivative(u), 1e-8))
        }
    }

    @Test(
        "phi is f'(exp l) up to one constant wherever it is not capped", arguments: everyDivergence)
    func scores(_ divergence: Divergence) {
        let constant = divergence.derivative(1) - divergence.score(0)
        for l in stride(from: -40.0, through: 40, by: 0.7) where !divergence.isCapped(l) {
            let expected = divergence.derivative(exp(l)) - constant
            #expect(abs(divergence.score(l) - expected) < 1e-11 * (1 + abs(expected)))
            let slope = exp(l) * divergence.secondDerivative(exp(l))
            #expect(agree(divergence.scoreDerivative(l), slope, 1e-11))
        }
    }

    @Test("phi equals the closed forms of the documentation's table")
    func table() throws {
        for l in stride(from: -9.5, through: 30, by: 0.5) {
            #expect(Divergence.reverseKL.score(l) == l)
            #expect(agree(Divergence.forwardKL.score(l), -exp(-l)))
            let js = Divergence.jensenShannon.score(l)
            #expect(abs(js - (log(2) - log(1 + exp(-l)))) < 1e-12 * max(1, abs(l)))
            for a in [0.2, 0.7] {
                let score = Divergence.alpha(a).score(l)
                #expect(abs(score - (1 - exp(-a * l)) / a) < 1e-12 * (1 + exp(-a * l) / a))
            }
            let jeffreys = Divergence.jeffreys.score(l)
            #expect(abs(jeffreys - (l - exp(-l))) < 1e-12 * max(1, exp(-l)))
        }
        #expect(Divergence.reverseKL.secondDerivative(1) == 1)
        #expect(Divergence.forwardKL.secondDerivative(1) == 1)
        #expect(Divergence.jensenShannon.secondDerivative(1) == 0.5)
        #expect(Divergence.alpha(0.4).secondDerivative(1) == 1)
        #expect(Divergence.jeffreys.secondDerivative(1) == 2)
    }

    @Test(
        "phi' is the derivative of phi, on the linear continuation as well",
        arguments: everyDivergence)
    func scoreDerivatives(_ divergence: Divergence) {
        for l in stride(from: -201.3, through: 200, by: 3.1) {
            let numeric = slope(at: l, step: 1e-3, of: divergence.score)
            let analytic = divergence.scoreDerivative(l)
            // The scores around l lose digits to each other where phi is flat.
            let lost = 1e-12 * abs(divergence.score(l)) + 1e-11
            #expect(abs(numeric - analytic) < 1e-6 * analytic + lost)
            let logarithm = divergence.logScoreDerivative(l)
            #expect(abs(log(analytic) - logarithm) < 1e-12 * (1 + abs(logarithm)))
        }
    }

    @Test("The continuation meets the exponential with equal value and slope")
    func continuation() {
        for divergence in [Divergence.forwardKL, .alpha(0.5), .alpha(0.05), .jeffreys] {
            let order = if case .alpha(let a) = divergence { a } else { 1.0 }
            let edge = -Divergence.cap / order
            #expect(!divergence.isCapped(edge))
            #expect(divergence.isCapped(edge.nextDown))
            let gap = 1e-9
            let step = divergence.score(edge) - divergence.score(edge - gap)
            #expect(abs(step) < 1.1 * gap * divergence.scoreDerivative(edge))
            #expect(divergence.scoreDerivative(edge) == divergence.scoreDerivative(edge - 50))
            // One unit of the exponent further, the tangent has grown by e^c.
            let further = divergence.score(edge) - divergence.score(edge - 1 / order)
            let linear = divergence == .jeffreys ? 1.0 : 0
            #expect(agree(further * order, exp(Divergence.cap) + linear, 1e-9))
        }
        #expect(!Divergence.reverseKL.isCapped(-200))
        #expect(!Divergence.jensenShannon.isCapped(-200))
    }

    @Test("A score rises to its ceiling and never above", arguments: everyDivergence)
    func ceilings(_ divergence: Divergence) {
        guard let ceiling = divergence.ceiling else {
            #expect(divergence.score(1e6) == 1e6)
            return
        }
        #expect(divergence.score(50) <= ceiling)
        #expect(abs(divergence.score(2_000) - ceiling) < 1e-12)
    }

    @Test("alpha goes to reverse KL at 0 and to forward KL at 1")
    func limits() {
        for l in stride(from: -9.0, through: 9, by: 0.6) {
            let low = Divergence.alpha(1e-9)
            #expect(abs(low.score(l) - Divergence.reverseKL.score(l)) < 1e-6)
            #expect(agree(low.scoreDerivative(l), Divergence.reverseKL.scoreDerivative(l), 1e-7))
            // The two differ by a constant, 1.
            let high = Divergence.alpha(1 - 1e-9)
            let difference = high.score(l) - Divergence.forwardKL.score(l)
            #expect(abs(difference - 1) < 1e-7 * exp(abs(l)))
            #expect(agree(high.scoreDerivative(l), Divergence.forwardKL.scoreDerivative(l), 1e-7))
        }
    }

    @Test("Any order between 0 and 1 is one, down to the last representable number")
    func everyOrder() throws {
        for a in [Double.leastNonzeroMagnitude, 1e-300, 1e-20, 1e-4, 0.5, 0.9999, 1 - 0x1p-53] {
            let divergence = try Divergence(name: "alpha", alpha: a)
            #expect(divergence.order == a)
            for l in [-700.0, -30, -3, -0.3, 1e-9, 0.3, 3, 30, 700] {
                #expect(divergence.score(l).isFinite)
                #expect(divergence.scoreDerivative(l) >= 0)
                // Below 1e-4 and above 0.9999 the nearer KL is within a thousandth, off the cap.
                let nearest = a < 0.5 ? Divergence.reverseKL : .forwardKL
                let constant = a < 0.5 ? 0.0 : 1
                if a != 0.5, abs(l) <= 3 {
                    let expected = nearest.score(l) + constant
                    #expect(abs(divergence.score(l) - expected) < 1e-3 * (1 + abs(expected)))
                    let f = divergence.f(exp(l))
                    let (u, limit) = (exp(l), nearest.f(exp(l)))
                    // f is normalised to f'(1) = 0; the limits are so up to a multiple of u - 1.
                    let tangent = (a < 0.5 ? -1.0 : 1) * (u - 1)
                    #expect(abs(f - (limit + tangent)) < 1e-3 * (1 + abs(limit)))
                }
            }
        }
    }

    @Test("f at 0 is the limit of f towards 0")
    func atZero() {
        for a in [0.1, 0.3, 0.5, 0.7] {
            #expect(agree(Divergence.alpha(a).f(0), 1 / (1 - a)))
            #expect(agree(Divergence.alpha(a).f(0), Divergence.alpha(a).f(1e-60), 1e-10))
        }
        #expect(Divergence.reverseKL.f(0) == 0)
        #expect(Divergence.jensenShannon.f(0) == log(2))
        #expect(Divergence.forwardKL.f(0) == .infinity && Divergence.jeffreys.f(0) == .infinity)
    }

    @Test("Names make divergences and come back")
    func names() throws {
        for name in Divergence.names {
            let made = try Divergence(name: name, alpha: name == "alpha" ? 0.25 : nil)
            #expect(made.name == name)
        }
        #expect(try Divergence(name: "alpha", alpha: 0.25) == .alpha(0.25))
    }

    @Test("What the theory does not cover is refused with the reason")
    func refusals() {
        for name in ["pearson-chi2", "chi-squared", "total-variation", "tv"] {
            let error = AlignmentError.outsideTheory(divergence: name)
            #expect(throws: error) { try Divergence(name: name) }
            #expect(!Divergence.names.contains(name))
            #expect(error.description.contains("f'(0) is finite"))
        }
        #expect(throws: AlignmentError.unknownDivergence("kl")) { try Divergence(name: "kl") }
        #expect(AlignmentError.unknownDivergence("kl").description.contains("reverse-kl"))
    }

    @Test("The order alpha is required, checked, and refused elsewhere")
    func orders() {
        for order in [0, 1, -0.5, 1.5, .infinity] {
            #expect(throws: AlignmentError.alphaOutOfRange(order)) {
                try Divergence(name: "alpha", alpha: order)
            }
        }
        #expect(throws: AlignmentError.self) { try Divergence(name: "alpha", alpha: .nan) }
        #expect(throws: AlignmentError.alphaMissing) { try Divergence(name: "alpha") }
        #expect(throws: AlignmentError.alphaUnused(divergence: "js")) {
            try Divergence(name: "js", alpha: 0.5)
        }
    }
}
