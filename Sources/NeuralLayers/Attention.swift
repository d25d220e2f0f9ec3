import CKernels
import TensorCore

extension Tape {
    /// Multi-head attention of q[B,T,D] over k, v[B,S,D]: softmax(q k^T / sqrt(D/heads)) v per head.
    ///
    /// - Parameter causal: position t sees positions up to t only.
    ///
    /// Reference: Vaswani et al., "Attention is all you need", arXiv 1706.03762.
    public func attention(
        query q: Activation, key k: Activation, value v: Activation, heads: Int,
        causal: Bool = false
    ) -> Activation {
        let (batch, tokens, seen, width) = (q.batch, q.pixels, k.pixels, q.channels)
        precondition(k.channels == width && v.channels == width && v.pixels == seen)
        precondition(width % heads == 0 && k.batch == batch)
        let size = width / heads
        let scale = 1 / Float(size).squareRoot()
        let y = output(like: q)
        let square = tokens * seen
        // Kept where backward will follow, since it needs every probability.
        let kept = output(batch: batch * heads, height: tokens, width: seen, channels: 1)
        let probabilities = kept.data
        for b in 0..<batch {
            for head in 0..<heads {
                let p = probabilities + (b * heads + head) * square
                let (qb, kb, vb) = (
                    q.data + b * tokens * width + head * size,
                    k.data + b * seen * width + head * size, v.data + b * seen * width + head * size
                )
                ProductClock.count {
                    matrixProduct(
                        transposeB: true, m: tokens, n: seen, k: size, qb, width, kb, width, p, seen
                    )
                }
                pb_softmax(p, Int32(tokens), Int32(seen), scale, causal ? 1 : 0)
                ProductClock.count {
                    matrixProduct(
                        m: tokens, n: size, k: seen, p, seen, vb, width,
                        y.data + b * tokens * width + head * size, width)
                }
            }
        }
        record { [self] in
            guard let dy = y.gradient else { return }
            let probabilities = kept.data
            // In the order in which they are written, so that one activation may be two of them.
            let dv = target(of: v)
            let dq = target(of: q)
            let dk = target(of: k)
            let dp = workspace(square)
            for b in 0..<batch {
                for head in 0..<heads {
                    let p = probabilities + (b * heads + head) * square
                    let own = b * tokens * width + head * size
                    let other = b * seen * width + head * size
                    ProductClock.count {
                        matrixProduct(
                            transposeA: true, m: seen, n: size, k: tokens, p, seen, dy + own, width,
                            adding: dv.accumulate ? .result : .nothing, dv.pointer + other, width)
                    }
                    ProductClock.count {
                        matrixProduct(
                            transposeB: true, m: tokens, n: seen, k: size, dy + own, width,
                            v.data + other, width, dp, seen)
                    }
                    pb_softmax_backward(p, dp, Int32(tokens), Int32(seen), scale)
                    ProductClock.count {
                        matrixProduct(
                            m: tokens, n: size, k: seen, dp, seen, k.data + other, width,
                            adding: dq.accumulate ? .result : .nothing, dq.pointer + own, width)
                    }
                    ProductClock.count {
                        matrixProduct(
                            transposeA: true, m: seen, n: size, k: tokens, dp, seen, q.data + own,
                            width,
                            adding: dk.accumulate ? .result : .nothing, dk.pointer + other, width)
                    }
                }
            }
        }
        return y
    }
}
