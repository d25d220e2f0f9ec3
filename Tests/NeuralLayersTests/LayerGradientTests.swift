import NeuralLayers
import TensorCore
import Testing

@Suite("Gradients of layers are those of finite differences")
struct LayerGradientTests {
    @Test(
        "a linear layer, with bias and without, read alone and with others",
        arguments: [true, false])
    func linear(bias: Bool) {
        var layout = ParameterLayout()
        let layer = Linear("l", inputs: 5, outputs: 7, bias: bias, in: &layout)
        for readAlso in [[], [0]] {
            Differentiation([InputShape(2, 3, 1, 5)], layout: layout, readAlso: readAlso) {
                $0.linear(layer, $1[0])
            }.check()
        }
    }

    @Test("a linear layer that is used twice adds up its parameters' gradients")
    func sharedLinear() {
        var layout = ParameterLayout()
        let layer = Linear("l", inputs: 4, outputs: 4, in: &layout)
        Differentiation([InputShape(2, 2, 2, 4)], layout: layout) { tape, x in
            tape.linear(layer, tape.apply(.silu, tape.linear(layer, x[0])))
        }.check()
    }

    @Test(
        "a convolution, for every kernel, stride, padding and odd sides",
        arguments: [
            (kernel: 3, stride: 1, padding: 1, height: 4, width: 5),
            (kernel: 3, stride: 2, padding: 1, height: 4, width: 4),
            (kernel: 3, stride: 2, padding: 1, height: 5, width: 3),
            (kernel: 3, stride: 1, padding: 0, height: 4, width: 3),
            (kernel: 1, stride: 1, padding: 0, height: 3, width: 2),
            (kernel: 1, stride: 2, padding: 0, height: 5, width: 4),
            (kernel: 5, stride: 1, padding: 2, height: 3, width: 3),
            (kernel: 3, stride: 1, padding: 1, height: 1, width: 1),
            (kernel: 3, stride: 2, padding: 2, height: 1, width: 2),
        ])
    func convolution(_ c: (kernel: Int, stride: Int, padding: Int, height: Int, width: Int)) {
        var layout = ParameterLayout()
        let layer = Convolution(
            "c", inputs: 3, outputs: 4, kernel: c.kernel, stride: c.stride, padding: c.padding,
            in: &layout)
        for readAlso in [[], [0]] {
            Differentiation(
                [InputShape(2, c.height, c.width, 3)], layout: layout, readAlso: readAlso
            ) { $0.convolution(layer, $1[0]) }.check()
        }
    }

    @Test(
        "group normalisation with SiLU and without, for every number of groups",
        arguments: [true, false], [1, 2, 3, 6])
    func groupNorm(silu: Bool, groups: Int) {
        var layout = ParameterLayout()
        let layer = Normalisation("n", channels: 6, groups: groups, eps: 1e-5, in: &layout)
        for readAlso in [[], [0]] {
            Differentiation([InputShape(2, 3, 3, 6)], layout: layout, readAlso: readAlso) {
                $0.groupNorm(layer, $1[0], silu: silu)
            }.check()
        }
    }

    @Test("layer normalisation")
    func layerNorm() {
        var layout = ParameterLayout()
        let layer = Normalisation("n", channels: 9, eps: 1e-5, in: &layout)
        for readAlso in [[], [0]] {
            Differentiation([InputShape(2, 3, 1, 9)], layout: layout, readAlso: readAlso) {
                $0.layerNorm(layer, $1[0])
            }.check()
        }
    }

    @Test("self-attention, all to all and causal", arguments: [false, true], [1, 2, 4])
    func selfAttention(causal: Bool, heads: Int) {
        let shape = InputShape(2, 5, 1, 8)
        for readAlso in [[], [0, 1, 2]] {
            Differentiation([shape, shape, shape], readAlso: readAlso) {
                $0.attention(query: $1[0], key: $1[1], value: $1[2], heads: heads, causal: causal)
            }.check()
        }
    }

    @Test("cross-attention to more and to fewer tokens", arguments: [1, 3, 11])
    func crossAttention(seen: Int) {
        let other = InputShape(2, seen, 1, 6)
        for readAlso in [[], [0, 1, 2]] {
            Differentiation([InputShape(2, 2, 2, 6), other, other], readAlso: readAlso) {
                $0.attention(query: $1[0], key: $1[1], value: $1[2], heads: 3)
            }.check()
        }
    }

    @Test("attention where one activation is query, key and value, or two of them")
    func aliasedAttention() {
        let shape = InputShape(2, 4, 1, 4)
        for roles in [[0, 0, 0], [0, 0, 1], [0, 1, 0], [1, 0, 0]] {
            for readAlso in [[], [0]] {
                let inputs = [InputShape](repeating: shape, count: 1 + roles.max()!)
                Differentiation(inputs, readAlso: readAlso) { tape, x in
                    tape.attention(
                        query: x[roles[0]], key: x[roles[1]], value: x[roles[2]], heads: 2)
                }.check()
            }
        }
    }

    @Test("token and position embeddings, with repeated tokens")
    func embedding() {
        var layout = ParameterLayout()
        let tokens = Embedding("t", rows: 6, width: 5, deviation: 0.5, in: &layout)
        let positions = Embedding("p", rows: 4, width: 5, deviation: 0.5, in: &layout)
        Differentiation([], layout: layout) { tape, _ in
            tape.embed([[1, 1, 5], [0, 1, 1]], tokens: tokens, positions: positions)
        }.check(samples: 100)
    }

    @Test("an activation that two layers of one tape read gets the sum of both gradients")
    func readTwice() {
        var layout = ParameterLayout()
        let first = Convolution("a", inputs: 4, outputs: 4, in: &layout)
        let second = Linear("b", inputs: 4, outputs: 4, in: &layout)
        let norm = Normalisation("n", channels: 4, groups: 2, eps: 1e-5, in: &layout)
        Differentiation([InputShape(2, 3, 3, 4)], layout: layout) { tape, x in
            let h = tape.convolution(first, x[0])
            let both = tape.concatenate(
                tape.groupNorm(norm, h, silu: true),
                tape.addResidual(h, to: tape.linear(second, h)))
            return tape.concatenate(tape.apply(.gelu, h), both)
        }.check(tolerance: 4e-3)
    }
}

@Suite("Gradients of pointwise operations are those of finite differences")
struct PointwiseGradientTests {
    private let shape = InputShape(2, 3, 2, 5)

    @Test(
        "each nonlinearity",
        arguments: [Nonlinearity.silu, .relu, .gelu, .quickGELU], [[], [0]])
    func nonlinearity(function: Nonlinearity, readAlso: [Int]) {
        Differentiation([shape], readAlso: readAlso, awayFromZero: 0.1) {
            $0.apply(function, $1[0])
        }.check()
    }

    @Test("the gated unit")
    func gatedUnit() {
        Differentiation([InputShape(2, 3, 1, 10)]) { $0.geglu($1[0]) }.check()
    }

    @Test("a residual sum")
    func residual() {
        for readAlso in [[], [0]] {
            Differentiation([shape, shape], readAlso: readAlso) {
                $0.addResidual($1[0], to: $1[1])
            }.check()
        }
    }

    @Test("a row added to every pixel of its image")
    func perImage() {
        for readAlso in [[], [0]] {
            Differentiation([InputShape(2, 1, 1, 5), shape], readAlso: readAlso) {
                $0.addPerImage($1[0], to: $1[1])
            }.check()
        }
    }

    @Test("concatenated channels, also of an activation with itself")
    func concatenation() {
        for readAlso in [[], [0, 1]] {
            Differentiation([shape, InputShape(2, 3, 2, 3)], readAlso: readAlso) {
                $0.concatenate($1[0], $1[1])
            }.check()
        }
        Differentiation([shape]) { $0.concatenate($1[0], $1[0]) }.check()
    }

    @Test(
        "nearest enlargement to twice the size and to odd sizes",
        arguments: [(6, 4), (5, 3), (3, 2), (7, 4), (4, 9)])
    func enlargement(height: Int, width: Int) {
        for readAlso in [[], [0]] {
            Differentiation([shape], readAlso: readAlso) {
                $0.upsample($1[0], height: height, width: width)
            }.check()
        }
    }

    @Test("the mean over pixels")
    func mean() {
        for readAlso in [[], [0]] {
            Differentiation([shape], readAlso: readAlso) { $0.meanOverPixels($1[0]) }.check()
        }
    }
}
