import Foundation
import ModelStore

/// The two tables behind a DDIM scheduler: the noise of every timestep, and which are visited.
enum DDIMSchedule {
    /// The cumulative products of 1 - beta.
    ///
    /// Betas are rounded to Float before they are accumulated, because diffusers' are.
    static func alphasCumprod(_ configuration: DDIMSchedulerConfiguration) -> [Float] {
        var betas = betas(configuration)
        if configuration.rescaleBetasZeroSNR { betas = zeroTerminalSNR(betas) }
        return cumulativeProduct(betas.map { 1 - $0 })
    }

    private static func betas(_ configuration: DDIMSchedulerConfiguration) -> [Float] {
        let count = configuration.trainTimesteps
        switch configuration.betaSchedule {
        case .linear:
            return evenlySpaced(configuration.betaStart, configuration.betaEnd, count)
        case .scaledLinear:
            let roots = evenlySpaced(
                configuration.betaStart.squareRoot(), configuration.betaEnd.squareRoot(), count)
            return roots.map { $0 * $0 }
        case .squaredCosine:
            // Nichol, Dhariwal, "Improved denoising diffusion probabilistic models", ICML 2021 (17).
            func cumulative(_ time: Double) -> Double {
                let cosine = cos((time + 0.008) / 1.008 * .pi / 2)
                return cosine * cosine
            }
            return (0..<count).map { place in
                let from = cumulative(Double(place) / Double(count))
                let to = cumulative(Double(place + 1) / Double(count))
                return Float(min(1 - to / from, 0.999))
            }
        }
    }

    /// PyTorch's `linspace` in single precision: from each end to the middle.
    private static func evenlySpaced(_ start: Double, _ end: Double, _ count: Int) -> [Float] {
        guard count > 1 else { return [Float(start)] }
        let (first, last) = (Float(start), Float(end))
        let step = (last - first) / Float(count - 1)
        return (0..<count).map { place in
            place < count / 2
                ? first + step * Float(place) : last - step * Float(count - place - 1)
        }
    }

    /// Shifts and stretches the schedule so that nothing of the sample is left at the last timestep.
    ///
    /// Reference: Lin et al., "Common diffusion noise schedules and sample steps are flawed",
    /// WACV 2024, algorithm 1.
    private static func zeroTerminalSNR(_ betas: [Float]) -> [Float] {
        let roots = cumulativeProduct(betas.map { 1 - $0 }).map { $0.squareRoot() }
        let (first, last) = (roots[0], roots[roots.count - 1])
        let stretch = first / (first - last)
        let products = roots.map { root in
            let moved = (root - last) * stretch
            return moved * moved
        }
        return products.indices.map { place in
            1 - (place == 0 ? products[0] : products[place] / products[place - 1])
        }
    }

    private static func cumulativeProduct(_ factors: [Float]) -> [Float] {
        var product = 1.0
        return factors.map { factor in
            product *= Double(factor)
            return Float(product)
        }
    }

    /// The timesteps of a run, latest first, as numpy computes them for diffusers.
    static func timesteps(
        _ count: Int, _ configuration: DDIMSchedulerConfiguration
    ) throws -> [Int] {
        let total = configuration.trainTimesteps
        guard (1...total).contains(count) else {
            throw DDIMSchedulerError(
                description: "\(count) sampling steps cannot be taken: the schedule has \(total) "
                    + "timesteps; ask for 1 to \(total)")
        }
        switch configuration.timestepSpacing {
        case .leading:
            let stride = total / count
            let first = (count - 1) * stride + configuration.stepsOffset
            guard first < total else {
                throw DDIMSchedulerError(
                    description: "\(count) sampling steps with steps_offset "
                        + "\(configuration.stepsOffset) would start at timestep \(first) of "
                        + "\(total); take fewer steps or a smaller steps_offset")
            }
            return (0..<count).reversed().map { $0 * stride + configuration.stepsOffset }
        case .linspace:
            guard count > 1 else { return [0] }
            let step = Double(total - 1) / Double(count - 1)
            let steps = (0..<count).map { place in
                place == count - 1 ? total - 1 : rounded(Double(place) * step)
            }
            return steps.reversed()
        case .trailing:
            // numpy's arange takes its stride from its first two elements, which rounds it; its
            // length, rounded as well, would at some counts add a timestep of -1.
            let start = Double(total)
            let ratio = start / Double(count)
            let stride = start - ratio - start
            return (0..<count).map { rounded(start + Double($0) * stride) - 1 }
        }
    }

    /// numpy's rounding: to the nearest, ties to even.
    private static func rounded(_ value: Double) -> Int {
        Int(value.rounded(.toNearestOrEven))
    }
}
