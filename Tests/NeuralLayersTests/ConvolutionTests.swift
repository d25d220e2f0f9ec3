import NeuralLayers
import TensorCore
import Testing

/// A convolution by its definition, in Double, with the weight in file order [out, in, k, k].
private struct DirectConvolution {
    let (batch, height, width): (Int, Int, Int)
    let layer: Convolution
    let weight: [Float]
    let bias: [Float]

    var outHeight: Int { (height + 2 * layer.padding - layer.kernel) / layer.stride + 1 }
    var outWidth: Int { (width + 2 * layer.padding - layer.kernel) / layer.stride + 1 }

    /// Calls the body with the indices of input, weight and output of every product.
    private func forEachProduct(_ body: (Int, Int, Int) -> Void) {
        let k = layer.kernel
        for b in 0..<batch {
            for oy in 0..<outHeight {
                for ox in 0..<outWidth {
                    let out = ((b * outHeight + oy) * outWidth + ox) * layer.outputs
                    for ky in 0..<k {
                        let y = oy * layer.stride + ky - layer.padding
                        guard (0..<height).contains(y) else { continue }
                        for kx in 0..<k {
                            let x = ox * layer.stride + kx - layer.padding
                            guard (0..<width).contains(x) else { continue }
                            let from = ((b * height + y) * width + x) * layer.inputs
                            for o in 0..<layer.outputs {
                                for i in 0..<layer.inputs {
                                    let w = ((o * layer.inputs + i) * k + ky) * k + kx
                                    body(from + i, w, out + o)
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    func output(_ x: [Float]) -> [Double] {
        var y = (0..<(batch * outHeight * outWidth)).flatMap { _ in bias.map { Double($0) } }
        x.withUnsafeBufferPointer { x in
            weight.withUnsafeBufferPointer { weight in
                y.withUnsafeMutableBufferPointer { y in
                    forEachProduct { y[$2] += Double(x[$0]) * Double(weight[$1]) }
                }
            }
        }
        return y
    }

    func gradients(
        _ x: [Float], _ dy: [Float]
    ) -> (input: [Double], weight: [Double], bias: [Double]) {
        var (dx, dWeight) = (
            [Double](repeating: 0, count: x.count), [Double](repeating: 0, count: weight.count)
        )
        dx.withUnsafeMutableBufferPointer { dx in
            dWeight.withUnsafeMutableBufferPointer { dWeight in
                forEachProduct {
                    dx[$0] += Double(dy[$2]) * Double(weight[$1])
                    dWeight[$1] += Double(dy[$2]) * Double(x[$0])
                }
            }
        }
        var dBias = [Double](repeating: 0, count: bias.count)
        for (index, value) in dy.enumerated() { dBias[index % bias.count] += Double(value) }
        return (dx, dWeight, dBias)
    }
}

/// Whether values agree to a share of the largest.
private func agree(
    _ values: [Float], _ expected: [Double], within tolerance: Double
) -> Bool {
    let scale = expected.reduce(1) { max($0, abs($1)) }
    return values.count == expected.count
        && zip(values, expected).allSatisfy { abs(Double($0) - $1) <= tolerance * scale }
}

@Suite("Convolution")
struct ConvolutionTests {
    /// - Parameter prepared: gives the tape filters that were transformed beforehand.
    private func compare(
        batch: Int, height: Int, width: Int, inputs: Int, outputs: Int, kernel: Int, stride: Int,
        padding: Int, prepared: Bool = false, tolerance: Double = 1e-5, random: inout Philox
    ) throws {
        var layout = ParameterLayout()
        let layer = Convolution(
            "c", inputs: inputs, outputs: outputs, kernel: kernel, stride: stride, padding: padding,
            in: &layout)
        let weights = FloatBlock(count: layout.count)
        layout.initialise(weights, seed: random.next())
        let direct = DirectConvolution(
            batch: batch, height: height, width: width, layer: layer,
            weight: layout.fileValues(of: layout.parameters[0], in: weights.pointer),
            bias: layout.fileValues(of: layout.parameters[1], in: weights.pointer))
        let x = (0..<(batch * height * width * inputs)).map { _ in random.uniform(-1, 1) }

        let gradients = FloatBlock(count: layout.count)
        let filters = prepared ? TransformedFilters(layout: layout) : nil
        filters?.update(from: weights, trains: true)
        let tape = Tape(
            parameters: weights.pointer, gradients: gradients.pointer,
            arena: Arena(blockSize: 1024), scratch: Arena(blockSize: 1024), filters: filters)
        let input = tape.input(
            x, batch: batch, height: height, width: width, channels: inputs, needsGradient: true)
        let output = tape.convolution(layer, input)
        #expect(output.height == direct.outHeight && output.width == direct.outWidth)
        let what: Comment = "\(batch)x\(height)x\(width)x\(inputs) to \(outputs), kernel \(kernel)"
        #expect(
            agree(
                Array(UnsafeBufferPointer(start: output.data, count: output.count)),
                direct.output(x), within: tolerance), what)

        let dy = (0..<output.count).map { _ in random.uniform(-1, 1) }
        tape.backward(from: output, gradient: dy)
        let expected = direct.gradients(x, dy)
        let dx = try #require(input.gradient)
        #expect(
            agree(
                Array(UnsafeBufferPointer(start: dx, count: x.count)), expected.input,
                within: tolerance), what)
        let found = layout.parameters.map { layout.fileValues(of: $0, in: gradients.pointer) }
        #expect(agree(found[0], expected.weight, within: tolerance), what)
        #expect(agree(found[1], expected.bias, within: tolerance), what)
    }

    @Test("output and gradients are those of the definition, for random shapes")
    func definition() throws {
        MatrixKernel.open()
        var random = Philox(seed: 23, purpose: .evaluation)
        var compared = 0
        while compared < 120 {
            let kernel = [1, 2, 3, 5][random.index(below: 4)]
            let padding = random.index(below: 3)
            let (height, width) = (1 + random.index(below: 9), 1 + random.index(below: 9))
            guard min(height, width) + 2 * padding >= kernel else { continue }
            try compare(
                batch: 1 + random.index(below: 3), height: height, width: width,
                inputs: 1 + random.index(below: 6), outputs: 1 + random.index(below: 6),
                kernel: kernel, stride: 1 + random.index(below: 3), padding: padding,
                random: &random)
            compared += 1
        }
    }

    @Test("batches whose patches are cut into pieces, across the images, give the same")
    func pieces() throws {
        MatrixKernel.open()
        var random = Philox(seed: 24, purpose: .evaluation)
        for (side, inputs) in [(16, 64), (13, 96), (9, 160)] {
            try compare(
                batch: 3, height: side, width: side, inputs: inputs, outputs: 3, kernel: 3,
                stride: 1, padding: 1, random: &random)
        }
    }

    @Test(
        "Winograd's tiles give the same, for sides that they do not divide and filters of both origins",
        arguments: [false, true])
    func tiles(prepared: Bool) throws {
        MatrixKernel.open()
        var random = Philox(seed: 25, purpose: .evaluation)
        for (height, width) in [(3, 3), (4, 4), (5, 9), (8, 8), (11, 6), (16, 16)] {
            for (inputs, outputs) in [(16, 16), (32, 48), (96, 16)] {
                try compare(
                    batch: 1 + random.index(below: 3), height: height, width: width, inputs: inputs,
                    outputs: outputs, kernel: 3, stride: 1, padding: 1, prepared: prepared,
                    tolerance: 3e-5, random: &random)
            }
        }
    }

    @Test("more tiles than a group holds give what each picture gives alone")
    func groups() {
        var layout = ParameterLayout()
        let layer = Convolution("c", inputs: 64, outputs: 64, in: &layout)
        let weights = FloatBlock(count: layout.count)
        layout.initialise(weights, seed: 5)
        let size = 16 * 16 * 64
        var random = Philox(seed: 26, purpose: .evaluation)
        let x = (0..<(9 * size)).map { _ in random.uniform(-1, 1) }
        func run(_ images: Range<Int>) -> [Float] {
            let tape = Tape(
                parameters: weights.pointer, gradients: nil, arena: Arena(), scratch: Arena())
            let y = tape.convolution(
                layer,
                tape.input(
                    Array(x[(images.lowerBound * size)..<(images.upperBound * size)]),
                    batch: images.count, height: 16, width: 16, channels: 64))
            return Array(UnsafeBufferPointer(start: y.data, count: y.count))
        }
        let all = run(0..<9)
        for image in 0..<9 {
            let alone = run(image..<(image + 1))
            #expect(Array(all[(image * size)..<((image + 1) * size)]) == alone)
        }
    }

    @Test("an input that nothing trains is given no gradient, and its weights' is the same")
    func untrainedInput() {
        var layout = ParameterLayout()
        let layer = Convolution("c", inputs: 16, outputs: 32, in: &layout)
        let weights = FloatBlock(count: layout.count)
        layout.initialise(weights, seed: 6)
        var random = Philox(seed: 27, purpose: .evaluation)
        let x = (0..<(2 * 49 * 16)).map { _ in random.uniform(-1, 1) }
        let dy = (0..<(2 * 49 * 32)).map { _ in random.uniform(-1, 1) }
        func gradients(trainsInput: Bool) -> [Float] {
            let gradients = FloatBlock(count: layout.count)
            let tape = Tape(
                parameters: weights.pointer, gradients: gradients.pointer, arena: Arena(),
                scratch: Arena())
            let input = tape.input(
                x, batch: 2, height: 7, width: 7, channels: 16, needsGradient: trainsInput)
            tape.backward(from: tape.convolution(layer, input), gradient: dy)
            #expect((input.gradient != nil) == trainsInput)
            return gradients.array
        }
        #expect(gradients(trainsInput: false) == gradients(trainsInput: true))
    }
}
