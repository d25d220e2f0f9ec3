import CKernels
import TensorCore

/// A pointwise nonlinearity.
public enum Nonlinearity: Sendable {
    case silu, relu, gelu, quickGELU
}

extension Tape {
    /// y = f(x), position by position.
    public func apply(_ function: Nonlinearity, _ x: Activation) -> Activation {
        let y = output(like: x)
        let n = Int32(x.count)
        switch function {
        case .silu: pb_silu(x.data, n, y.data)
        case .relu: pb_relu(x.data, n, y.data)
        case .gelu: pb_gelu(x.data, n, y.data)
        case .quickGELU: pb_quick_gelu(x.data, n, y.data)
        }
        record { [self] in
            guard let dy = y.gradient else { return }
            let dx = target(of: x)
            let accumulate: Int32 = dx.accumulate ? 1 : 0
            switch function {
            case .silu: pb_silu_backward(x.data, dy, n, dx.pointer, accumulate)
            case .relu: pb_relu_backward(y.data, dy, n, dx.pointer, accumulate)
            case .gelu: pb_gelu_backward(x.data, dy, n, dx.pointer, accumulate)
            case .quickGELU: pb_quick_gelu_backward(x.data, dy, n, dx.pointer, accumulate)
            }
        }
        return y
    }

    /// y[.., D] = h * gelu(g) of x[.., 2D] = (h | g), the gated unit of diffusers' transformer blocks.
    ///
    /// Reference: Shazeer, "GLU variants improve transformer", arXiv 2002.05202.
    public func geglu(_ x: Activation) -> Activation {
        let width = x.channels / 2
        let y = output(like: x, channels: width)
        pb_geglu(x.data, Int32(x.rows), Int32(width), y.data)
        record { [self] in
            guard let dy = y.gradient else { return }
            let dx = target(of: x)
            precondition(!dx.accumulate, "a gated unit is its input's only reader")
            pb_geglu_backward(x.data, dy, Int32(x.rows), Int32(width), dx.pointer)
        }
        return y
    }

    /// h + x, written over h, which no other operation may have read.
    public func addResidual(_ x: Activation, to h: Activation) -> Activation {
        precondition(x.count == h.count)
        pb_add(x.data, Int32(x.count), h.data)
        passGradient(of: h, to: x)
        return h
    }

    /// Backward of a sum: the gradient of y is also that of its addend x.
    func passGradient(of y: Activation, to x: Activation) {
        precondition(x.count == y.count)
        record { [self] in
            guard x.needsGradient, let dy = y.gradient else { return }
            let dx = target(of: x)
            pb_copy_block(
                dy, Int32(x.rows), Int32(x.channels), Int32(x.channels), dx.pointer,
                Int32(x.channels), dx.accumulate ? 1 : 0)
        }
    }

    /// Adds t[B,1,1,C] to every pixel of h[B,H,W,C], written over h.
    public func addPerImage(_ t: Activation, to h: Activation) -> Activation {
        precondition(t.channels == h.channels && t.batch == h.batch && t.pixels == 1)
        let size = h.pixels * h.channels
        for b in 0..<h.batch {
            pb_add_row(
                t.data + b * h.channels, Int32(h.pixels), Int32(h.channels), h.data + b * size)
        }
        record { [self] in
            guard let dh = h.gradient else { return }
            let dt = target(of: t)
            if !dt.accumulate { dt.pointer.update(repeating: 0, count: t.count) }
            for b in 0..<h.batch {
                pb_sum_rows(
                    dh + b * size, Int32(h.pixels), Int32(h.channels), dt.pointer + b * h.channels)
            }
        }
        return h
    }

    /// The channels of x, then those of y, at every position.
    public func concatenate(_ x: Activation, _ y: Activation) -> Activation {
        precondition(x.rows == y.rows && x.pixels == y.pixels)
        let z = output(like: x, channels: x.channels + y.channels)
        let (rows, total) = (Int32(x.rows), Int32(z.channels))
        let parts = [(x, 0), (y, x.channels)]
        for (part, first) in parts {
            pb_copy_block(
                part.data, rows, Int32(part.channels), Int32(part.channels), z.data + first, total,
                0)
        }
        record { [self] in
            guard let dz = z.gradient else { return }
            for (part, first) in parts where part.needsGradient {
                let d = target(of: part)
                pb_copy_block(
                    dz + first, rows, Int32(part.channels), total, d.pointer,
                    Int32(part.channels), d.accumulate ? 1 : 0)
            }
        }
        return z
    }

    /// Nearest-neighbour enlargement to `height` x `width`.
    public func upsample(_ x: Activation, height: Int, width: Int) -> Activation {
        let y = output(batch: x.batch, height: height, width: width, channels: x.channels)
        let (from, to) = (x.pixels * x.channels, y.pixels * y.channels)
        for b in 0..<x.batch {
            pb_upsample_nearest(
                x.data + b * from, Int32(x.height), Int32(x.width), Int32(x.channels),
                Int32(height),
                Int32(width), y.data + b * to)
        }
        record { [self] in
            guard let dy = y.gradient else { return }
            let dx = target(of: x)
            for b in 0..<x.batch {
                pb_upsample_nearest_backward(
                    dy + b * to, Int32(x.height), Int32(x.width), Int32(x.channels), Int32(height),
                    Int32(width), dx.pointer + b * from, dx.accumulate ? 1 : 0)
            }
        }
        return y
    }

    /// The mean over the pixels of each image: [B,1,1,C].
    public func meanOverPixels(_ x: Activation) -> Activation {
        let y = output(batch: x.batch, height: 1, width: 1, channels: x.channels)
        let size = x.pixels * x.channels
        y.data.update(repeating: 0, count: y.count)
        for b in 0..<x.batch {
            pb_sum_rows(
                x.data + b * size, Int32(x.pixels), Int32(x.channels), y.data + b * x.channels)
        }
        pb_scale(y.data, Int32(y.count), 1 / Float(x.pixels))
        record { [self] in
            guard let dy = y.gradient else { return }
            let dx = target(of: x)
            if !dx.accumulate { dx.pointer.update(repeating: 0, count: x.count) }
            for b in 0..<x.batch {
                for p in 0..<x.pixels {
                    pb_axpy(
                        1 / Float(x.pixels), dy + b * x.channels, Int32(x.channels),
                        dx.pointer + b * size + p * x.channels)
                }
            }
        }
        return y
    }
}
