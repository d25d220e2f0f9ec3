/// All distances between and within two sets, and what follows from them for any part of the sets.
struct Distances {
    struct Shares {
        var precision = 0.0
        var recall = 0.0
        var density = 0.0
        var coverage = 0.0
    }

    private let within: (reference: [Double], generated: [Double])
    private let between: [Double]
    private let m: Int
    private let n: Int
    private let k: Int

    init(_ reference: Features, _ generated: Features, k: Int) {
        within = (distanceMatrix(reference, reference), distanceMatrix(generated, generated))
        between = distanceMatrix(reference, generated)
        m = reference.count
        n = generated.count
        self.k = k
    }

    var areFinite: Bool {
        [within.reference, within.generated, between].allSatisfy { $0.allSatisfy(\.isFinite) }
    }

    func referenceRadii(_ keep: [Bool]? = nil) -> [Double] { radii(within.reference, m, keep) }

    func generatedRadii(_ keep: [Bool]? = nil) -> [Double] { radii(within.generated, n, keep) }

    /// The distance of each row that is kept to the k-th nearest of the others that are; 0 for the rest.
    private func radii(_ distances: [Double], _ count: Int, _ keep: [Bool]?) -> [Double] {
        var nearest = Array(repeating: Double.infinity, count: k)
        return (0..<count).map { i in
            guard keep?[i] ?? true else { return 0 }
            for slot in 0..<k { nearest[slot] = .infinity }
            for j in 0..<count where j != i && (keep?[j] ?? true) {
                let distance = distances[i * count + j]
                guard distance < nearest[k - 1] else { continue }
                var slot = k - 1
                while slot > 0 && nearest[slot - 1] > distance {
                    nearest[slot] = nearest[slot - 1]
                    slot -= 1
                }
                nearest[slot] = distance
            }
            return nearest[k - 1]
        }
    }

    /// The four figures from the radii of both sets' balls, which do not hold their boundary.
    func shares(
        _ referenceRadii: [Double], _ generatedRadii: [Double], keepReference: [Bool]? = nil,
        keepGenerated: [Bool]? = nil
    ) -> Shares {
        var balls = Array(repeating: 0, count: n)
        var covered = 0
        var recalled = 0
        var references = 0
        for i in 0..<m where keepReference?[i] ?? true {
            references += 1
            var holds = false
            var lies = false
            for j in 0..<n where keepGenerated?[j] ?? true {
                let distance = between[i * n + j]
                if distance < referenceRadii[i] {
                    balls[j] += 1
                    holds = true
                }
                lies = lies || distance < generatedRadii[j]
            }
            covered += holds ? 1 : 0
            recalled += lies ? 1 : 0
        }
        let pictures = Double(keepGenerated.map { $0.filter { $0 }.count } ?? n)
        return Shares(
            precision: Double(balls.filter { $0 > 0 }.count) / pictures,
            recall: Double(recalled) / Double(references),
            density: Double(balls.reduce(0, +)) / (Double(k) * pictures),
            coverage: Double(covered) / Double(references))
    }
}
