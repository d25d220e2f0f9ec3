import ArgumentParser
import DiffusionModels

/// `popbench forward`: a model's outputs and gradients on given tensors.
struct ForwardCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forward",
        abstract: "Run a model on tensors from a file and write outputs, loss and gradients.",
        discussion: """
            The input file holds sample [B,C,H,W], timestep (int64) and encoder_hidden_states [B,T,D], or \
            input_ids [B,T] (int64); with a target, the loss (mean squared error) and grad.NAME of every \
            parameter are written too. Tensors are in diffusers' layout.
            """)

    @Option(help: "A diffusers pipeline folder, or its unet or text_encoder folder.")
    var model: String

    @Option(help: "The safetensors file to read.")
    var inputs: String

    @Option(help: "The safetensors file to write.")
    var output: String

    func run() throws {
        try ForwardComparison.run(folder: model, inputs: inputs, output: output)
    }
}
