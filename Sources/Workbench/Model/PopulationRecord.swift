import BenchProtocol

/// Who appeared as training went on, what the data set plants, and how pictures were denoised, of the
/// few prompts that were looked at last.
package struct PopulationRecord: Sendable {
    /// What tells one film from another.
    package struct FilmKey: Hashable, Sendable {
        package var lane: String
        package var prompt: String
        package var index: Int

        package init(lane: String, prompt: String, index: Int) {
            (self.lane, self.prompt, self.index) = (lane, prompt, index)
        }
    }

    /// A film and the number it was placed under: no two films have the same.
    package struct PlacedFilm: Sendable {
        package var film: Film
        package var number: Int
    }

    /// The prompts kept, at most.
    static let promptCapacity = 8
    /// The histories kept of one prompt, at most.
    static let historyCapacity = 128
    /// The points kept of one history; a longer one is thinned evenly.
    static let pointCapacity = 512
    /// The films kept, at most.
    static let filmCapacity = 24
    /// Points asked for when histories are fetched.
    static let fetchedPoints = 256

    package private(set) var prompts: [String] = []
    private(set) var histories: [PopulationKey: PopulationHistory] = [:]
    private(set) var planted: [PopulationKey: [Double]] = [:]
    private var films: [FilmKey: PlacedFilm] = [:]
    private var placedFilms = 0
    /// The prompts whose histories have been asked for since the engine was joined.
    var requested: Set<String> = []
    /// The films that were asked for and have not come.
    var awaited: Set<FilmKey> = []

    package init() {}

    /// The history of one lane.
    package func history(lane: String, prompt: String, attribute: String) -> PopulationHistory? {
        histories[PopulationKey(lane: lane, prompt: prompt, attribute: attribute)]
    }

    /// The shares that the data set plants for a prompt, by class; nil where it plants none.
    package func planted(prompt: String, attribute: String, classes: [String]) -> [Double]? {
        let key = PopulationKey(lane: Self.plantedName, prompt: prompt, attribute: attribute)
        guard let shares = planted[key], shares.count == classes.count else { return nil }
        return shares
    }

    static let plantedName = "planted"

    /// The film of one picture.
    package func film(_ key: FilmKey) -> PlacedFilm? { films[key] }

    // MARK: Taking in

    /// Takes in what an engine remembers; what was measured since then stays.
    package mutating func place(_ history: PopulationHistory) {
        guard !history.classes.isEmpty, history.classes.count <= 64,
            history.points.allSatisfy({ point in
                point.counts.count == history.classes.count
                    && point.counts.allSatisfy { (0...1_000_000_000).contains($0) }
            })
        else { return }
        let key = PopulationKey(
            lane: history.lane, prompt: history.prompt, attribute: history.attribute)
        guard keep(history.prompt), histories[key] != nil || count(of: key.prompt) else { return }
        var merged: [Int: PopulationHistory.Point] = [:]
        for point in history.points { merged[point.step] = point }
        if let known = histories[key], known.classes == history.classes {
            for point in known.points { merged[point.step] = point }
        }
        var whole = history
        whole.points = Self.thinned(merged.values.sorted { $0.step < $1.step })
        histories[key] = whole
    }

    /// Takes in a measurement of now.
    package mutating func note(_ histogram: PopulationHistogram) {
        let key = PopulationKey(
            lane: histogram.lane, prompt: histogram.prompt, attribute: histogram.attribute)
        guard keep(histogram.prompt), histories[key] != nil || count(of: key.prompt) else { return }
        var history =
            histories[key]
            ?? PopulationHistory(
                lane: histogram.lane, prompt: histogram.prompt, attribute: histogram.attribute,
                classes: histogram.classes, points: [])
        if history.classes != histogram.classes {
            history.classes = histogram.classes
            history.points = []
        }
        let point = PopulationHistory.Point(step: histogram.step, counts: histogram.counts)
        let place = history.points.lastIndex { $0.step <= point.step }
        if let place, history.points[place].step == point.step {
            // A glance at a few pictures does not displace many.
            if history.points[place].pictures <= point.pictures { history.points[place] = point }
        } else {
            history.points.insert(point, at: place.map { $0 + 1 } ?? 0)
        }
        history.points = Self.thinned(history.points)
        histories[key] = history
    }

    /// Takes in what the data set plants.
    package mutating func place(_ distribution: PlantedDistribution) {
        let shares = distribution.shares
        guard !shares.isEmpty, shares.count <= 64, shares.count == distribution.classes.count,
            shares.allSatisfy({ (0...1).contains($0) }), keep(distribution.prompt)
        else { return }
        planted[
            PopulationKey(
                lane: Self.plantedName, prompt: distribution.prompt,
                attribute: distribution.attribute)] = shares
    }

    /// Takes in a film; says what is wrong with one that cannot be shown.
    package mutating func place(_ film: Film) -> String? {
        let sides = 1...SheetShelf.largestSide
        let key = FilmKey(lane: film.lane, prompt: film.prompt, index: film.index)
        awaited.remove(key)
        guard sides.contains(film.width), sides.contains(film.height), !film.frames.isEmpty,
            film.frames.count <= 64,
            film.frames.allSatisfy({ $0.rgb.count == film.width * film.height * 3 })
        else {
            return "a film of \(film.frames.count) frames of \(film.width)x\(film.height) pixels "
                + "from lane \(film.lane) cannot be shown"
        }
        placedFilms += 1
        films[key] = PlacedFilm(film: film, number: placedFilms)
        if films.count > Self.filmCapacity,
            let oldest = films.min(by: { $0.value.number < $1.value.number })
        {
            films[oldest.key] = nil
        }
        return nil
    }

    // MARK: Forgetting

    /// Forgets what was measured after a step, but for the base, which does not train.
    package mutating func truncate(after step: Int) {
        let base = WorkbenchModel.baseName
        for key in Array(histories.keys) where key.lane != base {
            histories[key]?.points.removeAll { $0.step > step }
        }
        films = films.filter { $0.key.lane == base || $0.value.film.step <= step }
        forgetRequests()
    }

    /// Forgets lanes that are gone.
    package mutating func keep(lanes: Set<String>) {
        histories = histories.filter { lanes.contains($0.key.lane) }
        films = films.filter { lanes.contains($0.key.lane) }
    }

    /// Forgets what was asked of an engine that is there no more.
    mutating func forgetRequests() {
        requested = []
        awaited = []
    }

    /// Has a prompt among those kept; the one that was touched longest ago goes for it.
    private mutating func keep(_ prompt: String) -> Bool {
        guard prompt.utf8.count <= 4096 else { return false }
        if prompts.last == prompt { return true }
        prompts.removeAll { $0 == prompt }
        prompts.append(prompt)
        if prompts.count > Self.promptCapacity {
            let gone = prompts.removeFirst()
            histories = histories.filter { $0.key.prompt != gone }
            planted = planted.filter { $0.key.prompt != gone }
            requested.remove(gone)
        }
        return true
    }

    private func count(of prompt: String) -> Bool {
        histories.keys.count { $0.prompt == prompt } < Self.historyCapacity
    }

    /// Half of the points of a history that has grown too long; its ends stay.
    private static func thinned(
        _ points: [PopulationHistory.Point]
    ) -> [PopulationHistory.Point] {
        guard points.count > pointCapacity else { return points }
        return points.enumerated().filter { index, _ in
            index % 2 == 0 || index == points.count - 1
        }.map(\.element)
    }
}

extension PopulationHistory.Point {
    /// How many pictures were counted.
    var pictures: Int { counts.reduce(0) { $0 &+ $1 } }

    /// The share of each class; all 0 where nothing was counted.
    var shares: [Double] {
        let sum = counts.reduce(0.0) { $0 + Double($1) }
        return counts.map { sum > 0 ? Double($0) / sum : 0 }
    }
}

extension WorkbenchModel {
    /// Asks for the histories of the shown prompt, once, where they are looked at.
    mutating func fetchShownPopulations() -> [WorkbenchEffect] {
        let prompt = shownPrompt
        guard view == .population, isAttached, state != nil, !prompt.isEmpty,
            populationRecord.requested.insert(prompt).inserted
        else { return [] }
        return [
            .send(
                .fetchPopulations(prompt: prompt, points: PopulationRecord.fetchedPoints))
        ]
    }
}
