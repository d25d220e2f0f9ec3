import CKernels
import TensorCore

/// A table of learned rows, looked up by index.
public struct Embedding: Sendable {
    let weight: Parameter
    /// How many indices can be looked up, 0..<rows.
    public let rows: Int
    /// Floats of a row.
    public let width: Int

    /// Adds a `[rows, width]` table named `name.weight`, drawn normal with the given deviation.
    public init(
        _ name: String, rows: Int, width: Int, deviation: Float, in layout: inout ParameterLayout
    ) {
        self.rows = rows
        self.width = width
        weight = layout.add(
            "\(name).weight", [rows, width], initial: .normal(deviation: deviation))
    }
}

extension Tape {
    /// y[B,T,D]: the token's row plus the position's row.
    ///
    /// - Precondition: every id is a row of `tokens`; callers check ids that come from outside.
    public func embed(_ ids: [[Int]], tokens: Embedding, positions: Embedding) -> Activation {
        let length = ids.first?.count ?? 0
        let width = tokens.width
        precondition(positions.width == width && length <= positions.rows)
        let y = output(batch: ids.count, height: length, width: 1, channels: width)
        for (b, sequence) in ids.enumerated() {
            precondition(sequence.count == length)
            for (t, id) in sequence.enumerated() {
                precondition(id >= 0 && id < tokens.rows)
                let row = y.data + (b * length + t) * width
                row.update(from: parameters + tokens.weight.offset + id * width, count: width)
                pb_add(parameters + positions.weight.offset + t * width, Int32(width), row)
            }
        }
        record { [self] in
            guard let dy = y.gradient, let gradients else { return }
            for (b, sequence) in ids.enumerated() {
                for (t, id) in sequence.enumerated() {
                    let row = dy + (b * length + t) * width
                    pb_add(row, Int32(width), gradients + tokens.weight.offset + id * width)
                    pb_add(row, Int32(width), gradients + positions.weight.offset + t * width)
                }
            }
        }
        return y
    }
}
