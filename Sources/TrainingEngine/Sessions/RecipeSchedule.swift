import Foundation

extension Recipe.Training.Schedule {
    /// The factor on the peak learning rate once the share `progress` (0...1) of decay has passed.
    public func factor(progress: Double) -> Double {
        switch self {
        case .constant: 1
        case .linear: 1 - progress
        case .cosine: 0.5 * (1 + cos(.pi * progress))
        }
    }
}
