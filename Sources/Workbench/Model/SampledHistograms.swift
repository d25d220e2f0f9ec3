import BenchProtocol

/// Who appears for one prompt in one model: the newest histogram of each number of pictures.
///
/// A sheet has a dozen pictures and an evaluation two dozen; a discrepancy over fewer pictures is larger
/// by chance alone, so that only equal numbers can be compared.
package struct SampledHistograms: Sendable {
    /// Numbers of pictures that are kept, at most.
    static let mostSizes = 6

    /// The newest histogram by its number of pictures.
    package private(set) var bySize: [Int: PopulationHistogram] = [:]

    /// The histogram of the latest step; of several the one over most pictures.
    package var newest: PopulationHistogram? {
        bySize.max { ($0.value.step, $0.key) < ($1.value.step, $1.key) }?.value
    }

    /// Keeps a histogram unless a newer one of its size is known.
    mutating func take(_ histogram: PopulationHistogram) {
        let size = histogram.pictures
        if let known = bySize[size], histogram.step < known.step { return }
        bySize[size] = histogram
        guard bySize.count > Self.mostSizes,
            let oldest = bySize.min(by: { ($0.value.step, $0.key) < ($1.value.step, $1.key) })
        else { return }
        bySize[oldest.key] = nil
    }

    /// Forgets what lies beyond a step.
    mutating func forget(after step: Int) { bySize = bySize.filter { $0.value.step <= step } }
}

extension PopulationHistogram {
    /// How many pictures it counts.
    package var pictures: Int {
        counts.reduce(0) { sum, count in
            let (total, isTooLarge) = sum.addingReportingOverflow(count)
            return isTooLarge ? Int.max : total
        }
    }
}
