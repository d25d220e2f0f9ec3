import ModelStore

extension DDIMScheduler {
    /// The noisy sample of training, sqrt(a_t) x_0 + sqrt(1 - a_t) e, for one sample of a batch.
    ///
    /// - Parameters:
    ///   - clean: x_0.
    ///   - noise: e, standard normal.
    ///   - timestep: from 0 to `trainTimesteps - 1`.
    ///   - noisy: receives x_t; may be one of the inputs.
    /// - Precondition: buffers of one size, a timestep of the schedule.
    public func addNoise(
        clean: UnsafeBufferPointer<Float>, noise: UnsafeBufferPointer<Float>, timestep: Int,
        into noisy: UnsafeMutableBufferPointer<Float>
    ) {
        combine(clean, signalScale(timestep), noise, noiseScale(timestep), into: noisy)
    }

    /// What the U-Net is trained to predict at a timestep, by the prediction type: the noise, the
    /// clean sample, or the velocity sqrt(a_t) e - sqrt(1 - a_t) x_0.
    ///
    /// - Parameters:
    ///   - clean: x_0.
    ///   - noise: e, standard normal.
    ///   - timestep: from 0 to `trainTimesteps - 1`.
    ///   - target: receives the target; may be one of the inputs.
    /// - Precondition: buffers of one size, a timestep of the schedule.
    public func target(
        clean: UnsafeBufferPointer<Float>, noise: UnsafeBufferPointer<Float>, timestep: Int,
        into target: UnsafeMutableBufferPointer<Float>
    ) {
        switch configuration.predictionType {
        case .epsilon: copy(noise, into: target)
        case .sample: copy(clean, into: target)
        case .velocity:
            combine(noise, signalScale(timestep), clean, -noiseScale(timestep), into: target)
        }
    }

    /// The noisy sample of training, from arrays.
    ///
    /// - Precondition: arrays of one size, a timestep of the schedule.
    public func addNoise(clean: [Float], noise: [Float], timestep: Int) -> [Float] {
        combined(clean, noise) { addNoise(clean: $0, noise: $1, timestep: timestep, into: $2) }
    }

    /// What the U-Net is trained to predict at a timestep, from arrays.
    ///
    /// - Precondition: arrays of one size, a timestep of the schedule.
    public func target(clean: [Float], noise: [Float], timestep: Int) -> [Float] {
        combined(clean, noise) { target(clean: $0, noise: $1, timestep: timestep, into: $2) }
    }

    private func copy(
        _ source: UnsafeBufferPointer<Float>, into result: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(source.count == result.count, "buffers differ in size")
        for place in result.indices { result[place] = source[place] }
    }

    private func combine(
        _ left: UnsafeBufferPointer<Float>, _ leftScale: Float,
        _ right: UnsafeBufferPointer<Float>, _ rightScale: Float,
        into result: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(
            left.count == result.count && right.count == result.count, "buffers differ in size")
        for place in result.indices {
            result[place] = leftScale * left[place] + rightScale * right[place]
        }
    }

    private func combined(
        _ clean: [Float], _ noise: [Float],
        _ body: (
            UnsafeBufferPointer<Float>, UnsafeBufferPointer<Float>,
            UnsafeMutableBufferPointer<Float>
        ) -> Void
    ) -> [Float] {
        [Float](unsafeUninitializedCapacity: clean.count) { buffer, initialized in
            clean.withUnsafeBufferPointer { clean in
                noise.withUnsafeBufferPointer { body(clean, $0, buffer) }
            }
            initialized = clean.count
        }
    }
}
