import TensorCore

/// Where one parameter lies in a model's block of floats, and how files hold it.
public struct Parameter: Sendable, Hashable {
    /// The name as diffusers and transformers have it: `down_blocks.0.resnets.0.conv1.weight`.
    public let name: String
    /// The shape in files; a convolution's is [out, in, height, width].
    public let shape: [Int]
    /// The first float's place in the block.
    public let offset: Int
    /// How the engine orders the values.
    public let order: Order
    /// How the values start before training.
    public let initial: Initial

    /// The order of a parameter's values inside the engine.
    public enum Order: Sendable, Hashable {
        /// As in the file.
        case file
        /// [height, width, in, out]: the right-hand matrix of a patch product.
        case convolution
    }

    /// What an untrained parameter holds.
    public enum Initial: Sendable, Hashable {
        case zeros, ones
        /// Uniform in +-bound.
        case uniform(Float)
        case normal(deviation: Float)
    }

    /// How many floats it has.
    public var count: Int { shape.reduce(1, *) }
}

/// The list of a model's parameters, built in the order in which layers ask for them.
public struct ParameterLayout: Sendable {
    /// The parameters in the order in which they were added, by ascending offset.
    public private(set) var parameters: [Parameter] = []
    /// The floats of all parameters together, gaps for alignment included.
    public private(set) var count = 0
    /// The 3x3 filters that are multiplied in a transformed shape, in the order of their layers.
    public private(set) var transformedFilters: [TransformedFilters.Entry] = []

    /// A layout without parameters.
    public init() {}

    /// Adds a parameter and says where it lies; each starts on a 64-byte boundary.
    public mutating func add(
        _ name: String, _ shape: [Int], order: Parameter.Order = .file, initial: Parameter.Initial
    ) -> Parameter {
        let parameter = Parameter(
            name: name, shape: shape, offset: count, order: order, initial: initial)
        parameters.append(parameter)
        count += (parameter.count + 15) & ~15
        return parameter
    }

    /// Notes that a convolution multiplies with its filters transformed, and says where they will lie.
    mutating func addTransformed(_ weight: Parameter) -> TransformedFilters.Entry {
        let entry = TransformedFilters.Entry(
            source: weight.offset, place: transformedFilters.last?.end ?? 0,
            inputs: weight.shape[1], outputs: weight.shape[0])
        transformedFilters.append(entry)
        return entry
    }

    /// Fills a block with starting values; a parameter's draw depends on the seed and its place alone.
    public func initialise(_ block: FloatBlock, seed: UInt64) {
        precondition(block.count == count)
        for (index, parameter) in parameters.enumerated() {
            let values = block.pointer + parameter.offset
            var random = Philox(seed: seed, purpose: .initialWeights, step: 0, sample: index)
            switch parameter.initial {
            case .zeros: values.update(repeating: 0, count: parameter.count)
            case .ones: values.update(repeating: 1, count: parameter.count)
            case .uniform(let bound):
                for i in 0..<parameter.count { values[i] = random.uniform(-bound, bound) }
            case .normal(let deviation):
                random.fillNormal(values, count: parameter.count)
                for i in 0..<parameter.count { values[i] *= deviation }
            }
        }
    }

    /// A parameter's values in file order, from an engine-ordered block.
    public func fileValues(of parameter: Parameter, in block: UnsafePointer<Float>) -> [Float] {
        let values = block + parameter.offset
        guard parameter.order == .convolution else {
            return Array(UnsafeBufferPointer(start: values, count: parameter.count))
        }
        var out = [Float](repeating: 0, count: parameter.count)
        forEachConvolutionIndex(parameter) { file, engine in out[file] = values[engine] }
        return out
    }

    /// Stores values given in file order; their number must be the parameter's.
    public func setFileValues(
        _ values: [Float], of parameter: Parameter, in block: UnsafeMutablePointer<Float>
    ) {
        precondition(values.count == parameter.count, "\(parameter.name): \(values.count) values")
        let target = block + parameter.offset
        guard parameter.order == .convolution else {
            for i in 0..<values.count { target[i] = values[i] }
            return
        }
        forEachConvolutionIndex(parameter) { file, engine in target[engine] = values[file] }
    }

    private func forEachConvolutionIndex(_ parameter: Parameter, _ body: (Int, Int) -> Void) {
        let (outputs, inputs) = (parameter.shape[0], parameter.shape[1])
        let taps = parameter.shape[2] * parameter.shape[3]
        for o in 0..<outputs {
            for i in 0..<inputs {
                for tap in 0..<taps {
                    body((o * inputs + i) * taps + tap, (tap * inputs + i) * outputs + o)
                }
            }
        }
    }
}
