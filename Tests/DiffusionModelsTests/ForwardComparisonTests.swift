import DiffusionModels
import Foundation
import ModelStore
import TensorCore
import Testing

/// A model, the inputs given to it, and what diffusers or transformers computed from them.
private struct ReferenceCase: Sendable, CustomTestStringConvertible {
    let folder: String
    let io: String

    init(_ folder: String, _ io: String = "io") { (self.folder, self.io) = (folder, io) }

    var model: String { "\(referenceFolder)/\(folder)" }
    var inputs: String { "\(model)/\(io).safetensors" }
    var testDescription: String { "\(folder)/\(io)" }
}

/// Runs a model on inputs and opens what it wrote.
private func run(_ model: String, _ inputs: String) throws -> SafetensorsFile {
    try withScratchFolder { scratch in
        try ForwardComparison.run(
            folder: model, inputs: inputs, output: "\(scratch)/out.safetensors")
        return try SafetensorsFile("\(scratch)/out.safetensors")
    }
}

private func compare(_ found: SafetensorsFile, _ expected: SafetensorsFile) throws {
    #expect(try found.shape(of: "output") == expected.shape(of: "output"))
    #expect(
        relativeDifference(try found.floats("output"), try expected.floats("output")) <= 1e-4)
    let loss = try #require(try expected.floats("loss").first)
    let foundLoss = try #require(try found.floats("loss").first)
    #expect(abs(foundLoss - loss) <= 1e-4 * loss)
    for name in expected.names where name.hasPrefix("grad.") {
        #expect(try found.shape(of: name) == expected.shape(of: name), "\(name)")
        let (values, truth) = (try found.floats(name), try expected.floats(name))
        if name.hasSuffix("k_proj.bias") {
            // Softmax ignores what is added to all scores of a row: nothing but rounding on both sides.
            #expect(zip(values, truth).allSatisfy { abs($0 - $1) <= 1e-6 }, "\(name)")
        } else {
            #expect(relativeDifference(values, truth) <= 1e-3, "\(name)")
        }
    }
}

@Suite("Assembled models agree with diffusers and transformers")
struct ForwardComparisonTests {
    @Test(
        "output, loss and the gradient of every parameter",
        arguments: [
            ReferenceCase("unet-default"), ReferenceCase("unet-other"),
            ReferenceCase("text-encoder"), ReferenceCase("text-encoder-gelu"),
        ])
    fileprivate func gradients(reference: ReferenceCase) throws {
        let expected = try SafetensorsFile(reference.inputs)
        let found = try run(reference.model, reference.inputs)
        let names = expected.names.filter { $0.hasPrefix("grad.") }
        #expect(names.count > 15)
        #expect(Set(found.names.filter { $0.hasPrefix("grad.") }) == Set(names))
        try compare(found, expected)
    }

    @Test("sides that halve to odd ones and come back")
    func oddSides() throws {
        let reference = ReferenceCase("unet-other", "io-odd-sides")
        try compare(
            try run(reference.model, reference.inputs), try SafetensorsFile(reference.inputs))
    }

    @Test("weights under transformers 5's names without the prefix are the same model")
    func unprefixed() throws {
        let reference = ReferenceCase("text-encoder")
        try withScratchFolder { folder in
            let manager = FileManager.default
            try manager.copyItem(
                atPath: "\(reference.model)/config.json", toPath: "\(folder)/config.json")
            try manager.copyItem(
                atPath: "\(reference.model)/model-unprefixed.safetensors",
                toPath: "\(folder)/model.safetensors")
            try compare(
                try run(folder, reference.inputs), try SafetensorsFile(reference.inputs))
        }
    }

    @Test("without a target the output is the same, and no loss and no gradient are written")
    func withoutTarget() throws {
        for reference in [ReferenceCase("unet-default"), ReferenceCase("text-encoder")] {
            let expected = try SafetensorsFile(reference.inputs)
            try withScratchFolder { folder in
                let inputs = "\(folder)/in.safetensors"
                try Inputs(copying: expected, without: ["target"]).write(to: inputs)
                let found = try run(reference.model, inputs)
                #expect(found.names == ["output"])
                #expect(
                    relativeDifference(
                        try found.floats("output"), try expected.floats("output")) <= 1e-4)
            }
        }
    }

    @Test("one timestep stands for all samples of a batch")
    func commonTimestep() throws {
        let reference = ReferenceCase("unet-other")
        let expected = try SafetensorsFile(reference.inputs)
        try withScratchFolder { folder in
            var one = Inputs(copying: expected, without: ["target", "timestep"])
            one.integers["timestep"] = ([], [417])
            try one.write(to: "\(folder)/one.safetensors")
            var each = one
            each.integers["timestep"] = ([2], [417, 417])
            try each.write(to: "\(folder)/each.safetensors")
            #expect(
                try run(reference.model, "\(folder)/one.safetensors").floats("output")
                    == run(reference.model, "\(folder)/each.safetensors").floats("output"))
        }
    }
}

/// The inputs of a comparison, to be changed and written.
private struct Inputs {
    var floats: [String: (shape: [Int], values: [Float])] = [:]
    var integers: [String: (shape: [Int], values: [Int64])] = [:]

    init() {}

    init(copying file: SafetensorsFile, without left: Set<String> = []) {
        for name in ["sample", "encoder_hidden_states", "target"] where !left.contains(name) {
            if let shape = try? file.shape(of: name), let values = try? file.floats(name) {
                floats[name] = (shape, values)
            }
        }
        for name in ["timestep", "input_ids"] where !left.contains(name) {
            if let shape = try? file.shape(of: name), let values = try? file.int64s(name) {
                integers[name] = (shape, values)
            }
        }
    }

    mutating func zeros(_ name: String, _ shape: [Int]) {
        floats[name] = (shape, [Float](repeating: 0, count: shape.reduce(1, *)))
    }

    func write(to path: String) throws {
        var writer = SafetensorsWriter()
        for (name, tensor) in floats {
            writer.add(name, shape: tensor.shape, floats: tensor.values)
        }
        for (name, tensor) in integers {
            writer.add(name, shape: tensor.shape, int64s: tensor.values)
        }
        try writer.write(to: path)
    }
}

@Suite("Inputs that do not fit a model are errors that name the tensor")
struct ForwardComparisonErrorTests {
    /// What goes wrong when the inputs of a fixture are changed.
    private func failure(
        _ folder: String, _ change: (inout Inputs) -> Void
    ) throws -> ModelStoreError? {
        let reference = ReferenceCase(folder)
        var inputs = Inputs(copying: try SafetensorsFile(reference.inputs))
        change(&inputs)
        return try withScratchFolder { scratch in
            try inputs.write(to: "\(scratch)/in.safetensors")
            let error = #expect(throws: ModelStoreError.self) {
                try ForwardComparison.run(
                    folder: reference.model, inputs: "\(scratch)/in.safetensors",
                    output: "\(scratch)/out.safetensors")
            }
            let files = try FileManager.default.contentsOfDirectory(atPath: scratch)
            #expect(files == ["in.safetensors"], "nothing is written")
            return error
        }
    }

    @Test("a tensor that is missing")
    func missing() throws {
        #expect(try failure("unet-default") { $0.floats["sample"] = nil }?.subject == "sample")
        #expect(
            try failure("unet-default") { $0.integers["timestep"] = nil }?.subject == "timestep")
        let nothing = try failure("text-encoder") { $0.integers["input_ids"] = nil }
        #expect(nothing?.kind == .missingTensor)
        #expect(nothing?.description.contains("input_ids") == true)
    }

    @Test("neither embeddings nor a text encoder that could make them")
    func missingContext() throws {
        let error = try failure("unet-default") { inputs in
            inputs.floats["encoder_hidden_states"] = nil
            inputs.integers["input_ids"] = ([3, 2], [1, 2, 3, 4, 5, 6])
        }
        #expect(error != nil)
    }

    @Test(
        "a tensor of a wrong shape",
        arguments: [
            ("sample", [3, 11, 8, 8]), ("sample", [3, 12, 8]), ("sample", [0, 12, 8, 8]),
            ("sample", [3, 12, 0, 8]), ("encoder_hidden_states", [2, 5, 16]),
            ("encoder_hidden_states", [3, 5, 15]), ("encoder_hidden_states", [3, 0, 16]),
            ("encoder_hidden_states", [3, 16]), ("target", [3, 12, 8, 7]), ("target", [3, 12, 64]),
        ])
    func shape(name: String, shape: [Int]) throws {
        let error = try failure("unet-default") { $0.zeros(name, shape) }
        #expect(error?.subject == name)
        #expect(error?.kind == .unexpectedTensor)
    }

    @Test("timesteps that are too many, negative or huge")
    func timesteps() throws {
        for values in [[1, 2], [-1], [1, -5, 2], [.max], [1, 2, .min], []] as [[Int64]] {
            let error = try failure("unet-default") {
                $0.integers["timestep"] = ([values.count], values)
            }
            #expect(error?.subject == "timestep")
        }
    }

    @Test("token ids outside the vocabulary, sequences that are empty or too long")
    func ids() throws {
        for wrong in [-1, 643, .max, .min] as [Int64] {
            let error = try failure("text-encoder") {
                $0.integers["input_ids"] = ([2, 2], [0, 1, wrong, 2])
            }
            #expect(error?.subject == "input_ids")
            #expect(error?.description.contains("\(wrong)") == true)
        }
        for shape in [[0, 16], [4, 0], [4, 17], [4], [1, 2, 2]] {
            let error = try failure("text-encoder") {
                $0.integers["input_ids"] = (
                    shape, [Int64](repeating: 1, count: shape.reduce(1, *))
                )
            }
            #expect(error?.subject == "input_ids", "\(shape)")
        }
    }

    @Test("tensors of the wrong element type")
    func types() throws {
        let swapped = try failure("unet-default") { inputs in
            inputs.integers["timestep"] = nil
            inputs.zeros("timestep", [3])
        }
        #expect(swapped?.subject == "timestep")
        let integers = try failure("unet-default") { inputs in
            inputs.floats["sample"] = nil
            inputs.integers["sample"] = (
                [3, 12, 8, 8], [Int64](repeating: 0, count: 3 * 12 * 64)
            )
        }
        #expect(integers?.subject == "sample")
    }

    @Test("a folder that holds no such model, and inputs that are no safetensors file")
    func files() throws {
        let inputs = ReferenceCase("unet-default").inputs
        try withScratchFolder { scratch in
            for (folder, file) in [
                (scratch, inputs), ("\(scratch)/nowhere", inputs),
                ("\(referenceFolder)/unet-default", "\(scratch)/nothing.safetensors"),
                ("\(referenceFolder)/unet-default", "\(referenceFolder)/README.md"),
                ("\(referenceFolder)/text-encoder", inputs),
            ] {
                #expect(throws: ModelStoreError.self) {
                    try ForwardComparison.run(
                        folder: folder, inputs: file, output: "\(scratch)/out.safetensors")
                }
            }
        }
    }

    @Test("weights that miss a parameter, hold another's shape or hold one too many")
    func weights() throws {
        let reference = ReferenceCase("text-encoder")
        let weights = try SafetensorsFile("\(reference.model)/model.safetensors")
        let victim = "text_model.final_layer_norm.weight"
        func failure(_ write: (String, inout SafetensorsWriter) throws -> Void) throws
            -> ModelStoreError?
        {
            try withScratchFolder { folder in
                try FileManager.default.copyItem(
                    atPath: "\(reference.model)/config.json", toPath: "\(folder)/config.json")
                var writer = SafetensorsWriter()
                for name in weights.names { try write(name, &writer) }
                try writer.write(to: "\(folder)/model.safetensors")
                return #expect(throws: ModelStoreError.self) { try TextEncoder.open(folder) }
            }
        }
        func copy(_ name: String, _ writer: inout SafetensorsWriter) throws {
            writer.add(name, shape: try weights.shape(of: name), floats: try weights.floats(name))
        }
        let missing = try failure { if $0 != victim { try copy($0, &$1) } }
        #expect(missing?.kind == .missingTensor && missing?.subject == victim)
        let reshaped = try failure { name, writer in
            if name == victim {
                writer.add(name, shape: [4, 8], floats: try weights.floats(name))
            } else {
                try copy(name, &writer)
            }
        }
        #expect(reshaped?.subject == victim)
        let extra = try failure { name, writer in
            try copy(name, &writer)
            if name == victim { writer.add("surplus", shape: [1], floats: [0]) }
        }
        #expect(extra?.subject == "surplus")
    }
}
