import NeuralLayers
import TensorCore
import Testing

/// A layout of random shapes in both orders.
private func drawnLayout(seed: UInt64) -> ParameterLayout {
    var random = Philox(seed: seed, purpose: .evaluation)
    var layout = ParameterLayout()
    for index in 0..<(3 + random.index(below: 12)) {
        func side() -> Int { 1 + random.index(below: 5) }
        if random.index(below: 2) == 0 {
            let kernel = side()
            _ = layout.add(
                "conv.\(index)", [side(), side(), kernel, kernel], order: .convolution,
                initial: .uniform(0.5))
        } else {
            let shape = (0..<(1 + random.index(below: 3))).map { _ in side() }
            _ = layout.add("plain.\(index)", shape, initial: .normal(deviation: 2))
        }
    }
    return layout
}

@Suite("Parameter layout")
struct ParameterLayoutTests {
    @Test("parameters start on 64-byte boundaries, follow each other and do not overlap")
    func places() {
        for seed in 0..<30 as Range<UInt64> {
            let layout = drawnLayout(seed: seed)
            var end = 0
            for parameter in layout.parameters {
                #expect(parameter.offset % 16 == 0 && parameter.offset >= end)
                #expect(parameter.offset - end < 16)
                end = parameter.offset + parameter.count
            }
            #expect(layout.count >= end && layout.count % 16 == 0)
        }
    }

    @Test("values in file order survive the way into the engine's order and back")
    func roundTrip() {
        for seed in 0..<30 as Range<UInt64> {
            let layout = drawnLayout(seed: seed)
            let block = FloatBlock(count: layout.count)
            let stored = layout.parameters.enumerated().map { index, parameter in
                (0..<parameter.count).map { Float(index * 10_000 + $0) }
            }
            for (parameter, values) in zip(layout.parameters, stored) {
                layout.setFileValues(values, of: parameter, in: block.pointer)
            }
            for (parameter, values) in zip(layout.parameters, stored) {
                #expect(layout.fileValues(of: parameter, in: block.pointer) == values)
            }
        }
    }

    @Test("a convolution's weight [out, in, h, w] lies in the engine as [h, w, in, out]")
    func convolutionOrder() {
        var layout = ParameterLayout()
        let (outputs, inputs, kernel) = (3, 2, 4)
        let weight = layout.add(
            "w", [outputs, inputs, kernel, kernel], order: .convolution, initial: .zeros)
        let block = FloatBlock(count: layout.count)
        layout.setFileValues((0..<weight.count).map { Float($0) }, of: weight, in: block.pointer)
        for o in 0..<outputs {
            for i in 0..<inputs {
                for y in 0..<kernel {
                    for x in 0..<kernel {
                        let file = ((o * inputs + i) * kernel + y) * kernel + x
                        let engine = ((y * kernel + x) * inputs + i) * outputs + o
                        #expect(block.pointer[engine] == Float(file))
                    }
                }
            }
        }
    }

    @Test("starting values depend on the seed and the parameter's place alone")
    func initialValues() {
        let layout = drawnLayout(seed: 5)
        func initialised(_ layout: ParameterLayout, _ seed: UInt64) -> [[Float]] {
            let block = FloatBlock(count: layout.count)
            layout.initialise(block, seed: seed)
            return layout.parameters.map { layout.fileValues(of: $0, in: block.pointer) }
        }
        let values = initialised(layout, 1)
        #expect(values == initialised(layout, 1))
        #expect(values != initialised(layout, 2))
        var longer = layout
        _ = longer.add("last", [100], initial: .ones)
        #expect(Array(initialised(longer, 1).dropLast()) == values)
        #expect(initialised(longer, 1).last == [Float](repeating: 1, count: 100))
    }

    @Test("starting values have the stated bound or deviation")
    func initialSpread() {
        var layout = ParameterLayout()
        let uniform = layout.add("u", [100, 100], initial: .uniform(0.25))
        let normal = layout.add("n", [100, 100], initial: .normal(deviation: 0.02))
        let zeros = layout.add("z", [50], initial: .zeros)
        let block = FloatBlock([Float](repeating: .nan, count: layout.count))
        layout.initialise(block, seed: 3)
        func deviation(_ values: [Float]) -> Double {
            (values.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(values.count))
                .squareRoot()
        }
        let u = layout.fileValues(of: uniform, in: block.pointer)
        #expect(u.allSatisfy { abs($0) <= 0.25 })
        #expect(abs(deviation(u) - 0.25 / 3.0.squareRoot()) < 0.003)
        let n = layout.fileValues(of: normal, in: block.pointer)
        #expect(abs(deviation(n) - 0.02) < 0.0006)
        #expect(layout.fileValues(of: zeros, in: block.pointer).allSatisfy { $0 == 0 })
    }
}
