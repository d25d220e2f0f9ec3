import TensorCore

/// A batch of activations, channels last: [batch, height, width, channels]; a sequence of T tokens has
/// height T and width 1.
///
/// Its memory goes back to the arena with the last reference to it: backward steps hold what they will
/// read, and passes without backward hold next to nothing, so that they stay within the caches.
public final class Activation {
    /// Images or sequences.
    public let batch: Int
    /// Rows of an image, or tokens of a sequence.
    public let height: Int
    /// Columns of an image; 1 for a sequence.
    public let width: Int
    /// Floats of one position.
    public let channels: Int
    /// The `count` floats, which live in the tape's arena as long as the activation, or until it is reset.
    public let data: UnsafeMutablePointer<Float>
    /// False for inputs that nothing trains, whose gradient is never computed.
    public let needsGradient: Bool
    /// dL/d(data); nil until the backward pass reaches it.
    public var gradient: UnsafeMutablePointer<Float>? { gradientPiece?.pointer }

    private let dataPiece: Piece
    private var gradientPiece: Piece?

    /// Memory on loan.
    private struct Piece {
        let arena: Arena
        let generation: Int
        let pointer: UnsafeMutablePointer<Float>

        init(_ count: Int, in arena: Arena) {
            self.arena = arena
            generation = arena.generation
            pointer = arena.allocate(count)
        }

        func giveBack(_ count: Int) {
            arena.recycle(pointer, count: count, generation: generation)
        }
    }

    init(
        batch: Int, height: Int, width: Int, channels: Int, needsGradient: Bool, in arena: Arena
    ) {
        self.batch = batch
        self.height = height
        self.width = width
        self.channels = channels
        self.needsGradient = needsGradient
        dataPiece = Piece(batch * height * width * channels, in: arena)
        data = dataPiece.pointer
    }

    deinit {
        dataPiece.giveBack(count)
        gradientPiece?.giveBack(count)
    }

    /// Makes room for the gradient, uninitialised.
    func claimGradient(in arena: Arena) -> UnsafeMutablePointer<Float> {
        let piece = Piece(count, in: arena)
        gradientPiece = piece
        return piece.pointer
    }

    /// Positions of one image: height times width, or tokens.
    public var pixels: Int { height * width }
    /// Rows of the matrix [rows, channels] that the activation is.
    public var rows: Int { batch * height * width }
    /// All floats.
    public var count: Int { rows * channels }
}

/// One forward pass over one shard of a batch, remembered so that it can be run backward.
///
/// Operations are methods of the tape: each computes its output, and, where the tape records, appends
/// the closure that turns the output's gradient into its inputs' gradients. Legend of the shapes in
/// comments: B batch, H height, W width, C channels, T tokens, D width of a model.
public final class Tape {
    /// The model's parameters, in engine order.
    public let parameters: UnsafePointer<Float>
    /// Where parameter gradients are added up; nil for passes that are not trained.
    public let gradients: UnsafeMutablePointer<Float>?
    /// Holds activations and what backward needs, until the caller resets it.
    public let arena: Arena
    /// Holds gradients of activations and short-lived buffers.
    public var scratch: Arena
    /// The filters of `parameters` in the form that 3x3 convolutions multiply with; where nil, each
    /// convolution makes its own when it runs.
    let filters: TransformedFilters?
    private var operations: [() -> Void] = []

    /// - Parameters:
    ///   - gradients: the shard's own gradient block, already cleared; nil to record nothing.
    ///   - arena: reset by the caller once the pass is over.
    ///   - scratch: reset by the caller, as gradients of activations lie there after `backward`; may
    ///     be shared by tapes that run in turn.
    ///   - filters: made from these parameters, and unchanged until the pass is over.
    public init(
        parameters: UnsafePointer<Float>, gradients: UnsafeMutablePointer<Float>?, arena: Arena,
        scratch: Arena, filters: TransformedFilters? = nil
    ) {
        self.parameters = parameters
        self.gradients = gradients
        self.arena = arena
        self.scratch = scratch
        self.filters = filters
    }

    /// Whether a backward pass will follow.
    public var records: Bool { gradients != nil }

    /// Appends a backward step; dropped when the tape does not record.
    func record(_ operation: @escaping () -> Void) {
        if records { operations.append(operation) }
    }

    /// Makes room for an operation's output.
    func output(
        batch: Int, height: Int, width: Int, channels: Int, needsGradient: Bool = true
    ) -> Activation {
        Activation(
            batch: batch, height: height, width: width, channels: channels,
            needsGradient: needsGradient, in: arena)
    }

    /// Makes room for an output of the shape of `x`, with other channels if given.
    func output(like x: Activation, channels: Int? = nil) -> Activation {
        output(
            batch: x.batch, height: x.height, width: x.width, channels: channels ?? x.channels)
    }

    /// An input to the pass: copies [batch, height, width, channels] floats.
    public func input(
        _ values: UnsafePointer<Float>, batch: Int, height: Int, width: Int, channels: Int,
        needsGradient: Bool = false
    ) -> Activation {
        let x = output(
            batch: batch, height: height, width: width, channels: channels,
            needsGradient: needsGradient)
        x.data.update(from: values, count: x.count)
        return x
    }

    /// Where a backward step adds to the gradient of `x`, and whether something is there already.
    func target(of x: Activation) -> (pointer: UnsafeMutablePointer<Float>, accumulate: Bool) {
        if let gradient = x.gradient { return (gradient, true) }
        return (x.claimGradient(in: scratch), false)
    }

    /// A buffer that one kernel fills and the next reads; a later call for the slot may overwrite it.
    func workspace(_ count: Int, slot: Int = 0) -> UnsafeMutablePointer<Float> {
        arena.workspace(count, slot: slot)
    }

    /// Runs every recorded step in reverse from the gradient of `output`, given as floats.
    public func backward(from output: Activation, gradient: UnsafePointer<Float>) {
        let target = target(of: output)
        precondition(!target.accumulate, "the output already has a gradient")
        target.pointer.update(from: gradient, count: output.count)
        backward(from: output)
    }

    /// Runs every recorded step in reverse from the gradient that another tape has left on `output`.
    public func backward(from output: Activation) {
        precondition(records, "a tape without gradients cannot run backward")
        precondition(output.gradient != nil, "nothing has left a gradient on the output")
        // Each step goes as soon as it is done, and with it what it alone was holding.
        while let operation = operations.popLast() { operation() }
    }
}
