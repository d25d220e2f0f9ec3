import BenchProtocol
import TerminalKit

/// What a key does in the view of the population gallery alone.
public enum PopulationAction: Sendable, Hashable {
    case toggleShares, toggleHistograms, toggleHeatMap
    case nextAttribute, nextFilter, showEverything, nextSureness, nextOrder, toggleOneLane
    case base, larger, smaller, moreSamples, fewerSamples, filmAnew, close
}

extension KeyTable {
    /// The keys of the view of the population gallery.
    static let populationView: [KeyBinding] = [
        KeyBinding(
            .population, [.character("i")], .population(.toggleShares), hint: "fairest?",
            "Which lane is the fairest for this prompt: discrepancies and shares in numbers."),
        KeyBinding(
            .population, [.character("h")], .population(.toggleHistograms), hint: "histograms",
            "Show who appeared at each step as histograms, or the pictures again."),
        KeyBinding(
            .population, [.character("m")], .population(.toggleHeatMap),
            "Show the histograms over steps as a heat map, or as a ridgeline."),
        KeyBinding(
            .population, [.character("a")], .population(.nextAttribute), hint: "attribute",
            "Have filter, order and histograms be about the next attribute: gender, tone."),
        KeyBinding(
            .population, [.character("f")], .population(.nextFilter), hint: "filter",
            "Show the pictures of one class of the attribute alone, the next at each press."),
        KeyBinding(
            .population, [.character("c")], .population(.nextSureness),
            "Show the pictures alone of which the classifier is sure, or is not."),
        KeyBinding(
            .population, [.backspace], .population(.showEverything),
            "Show all pictures again, of everybody, in the order of their noise."),
        KeyBinding(
            .population, [.character("o")], .population(.nextOrder), hint: "order",
            "Order each row by noise (columns share it), class, or confidence."),
        KeyBinding(
            .population, [.character("l")], .population(.toggleOneLane), hint: "one lane",
            "Give the cursor's row the whole page, or show everybody again."),
        KeyBinding(
            .population, [.character("b")], .population(.base),
            "Put the cursor on the base model's row; tab puts it on a lane's."),
        KeyBinding(
            .population, [.character("+"), .character("=")], .population(.larger),
            "Show larger pictures, up to dot for dot."),
        KeyBinding(
            .population, [.character("-"), .character("_")], .population(.smaller),
            "Show smaller pictures, and more of them."),
        KeyBinding(
            .population, [.character("]")], .population(.moreSamples),
            "Have the sample key ask for twice as many pictures, up to 128."),
        KeyBinding(
            .population, [.character("[")], .population(.fewerSamples),
            "Have the sample key ask for half as many pictures."),
        KeyBinding(
            .population, [.character("d")], .population(.filmAnew),
            "Draw the denoising steps of the picture with the weights as they are now."),
        KeyBinding(
            .population, [.escape], .population(.close),
            "From one picture or the histograms to the gallery, then to the dashboard."),
    ]
}

extension WorkbenchModel {
    /// Does what a key of this view stands for.
    mutating func perform(_ action: PopulationAction) -> [WorkbenchEffect] {
        if let reason = refusal(of: action) {
            announce(.info, reason)
            return []
        }
        switch action {
        case .toggleShares: gallery.page = gallery.page == .shares ? .gallery : .shares
        case .toggleHistograms:
            gallery.page = isOnHistory ? .gallery : gallery.historyPage
        case .toggleHeatMap:
            gallery.historyPage = gallery.historyPage == .ridgeline ? .heatMap : .ridgeline
            gallery.page = gallery.historyPage
        case .nextAttribute:
            let known = shownAttributes
            let place = known.firstIndex(of: galleryAttribute) ?? -1
            gallery.attribute = known[(place + 1) % known.count]
            gallery.filter = nil
        case .nextFilter:
            let classes = shownClasses(galleryAttribute)
            let place = gallery.filter.flatMap(classes.firstIndex)
            let next = place.map { $0 + 1 } ?? 0
            gallery.filter = classes.indices.contains(next) ? classes[next] : nil
            gallery.page = .gallery
        case .showEverything:
            gallery.filter = nil
            gallery.sureness = .any
            gallery.order = .noise
            gallery.isOneLane = false
        case .nextSureness:
            gallery.sureness = following(gallery.sureness)
            gallery.page = .gallery
        case .nextOrder:
            gallery.order = following(gallery.order)
            gallery.page = .gallery
        case .toggleOneLane:
            gallery.isOneLane.toggle()
            gallery.page = .gallery
        case .base:
            gallery.isOnBase = true
            gallery.laneAtBase = focusedLane
            return fetchFilm()
        case .larger: resize(by: 1)
        case .smaller: resize(by: -1)
        case .moreSamples:
            changeCount { count in PopulationState.counts.first { $0 > count } }
        case .fewerSamples:
            changeCount { count in PopulationState.counts.last { $0 < count } }
        case .filmAnew: return fetchFilm(anew: true)
        case .close:
            guard gallery.page != .gallery else { return perform(BenchAction.back) }
            gallery.page = .gallery
        }
        return []
    }

    /// What happens when this view comes to be shown.
    mutating func populationAppear() -> [WorkbenchEffect] { fetchShownPopulations() }

    /// Why a key of this view can do nothing now; nil when it can.
    func refusal(of action: PopulationAction) -> String? {
        switch action {
        case .nextFilter:
            shownClasses(galleryAttribute).isEmpty
                ? "no classes are known before anything is sampled: g samples" : nil
        case .filmAnew:
            galleryPicture == nil
                ? "there is no picture to denoise: g samples"
                : isAttached ? nil : "no engine is there to denoise a picture"
        case .moreSamples:
            samplesPerKey >= PopulationState.counts.last ?? 0
                ? "g samples \(samplesPerKey) already, which is the most" : nil
        case .fewerSamples:
            samplesPerKey <= PopulationState.counts.first ?? 0
                ? "g samples \(samplesPerKey) already, which is the fewest" : nil
        case .larger, .smaller: gallery.page != .gallery ? "this page fits itself" : nil
        default: nil
        }
    }

    private var isOnHistory: Bool { gallery.page == .ridgeline || gallery.page == .heatMap }

    private func following<Choice: CaseIterable & Equatable>(_ choice: Choice) -> Choice
    where Choice.AllCases: RandomAccessCollection, Choice.AllCases.Index == Int {
        let all = Choice.allCases
        let place = all.firstIndex(of: choice) ?? 0
        return all[(place + 1) % all.count]
    }

    private mutating func resize(by offset: Int) {
        let sides = GalleryLayout.sides.reversed().map { $0 }
        let shown = galleryLayout?.side ?? sides[0]
        let place = sides.lastIndex { $0 <= shown } ?? 0
        gallery.side = sides[min(max(0, place + offset), sides.count - 1)]
    }

    private mutating func changeCount(_ next: (Int) -> Int?) {
        samplesPerKey = next(samplesPerKey) ?? samplesPerKey
        announce(.info, "g samples \(samplesPerKey) pictures of everyone")
    }

    /// Asks for the denoising steps of the picture under the cursor where they are looked at.
    mutating func fetchFilm(anew: Bool = false) -> [WorkbenchEffect] {
        if anew { gallery.page = .picture }
        guard gallery.page == .picture, isAttached, let shown = galleryPicture,
            let key = shownFilmKey
        else { return [] }
        let known = populationRecord.film(key)
        if !anew, let known, known.film.step >= shown.sheet.step { return [] }
        guard anew || populationRecord.awaited.insert(key).inserted else { return [] }
        // The engine makes the newest film that was asked for and drops those before it.
        populationRecord.awaited = [key]
        return [
            .send(
                .film(
                    lane: key.lane, prompt: key.prompt, index: key.index,
                    frames: WorkbenchModel.filmFrames))
        ]
    }

    /// Frames asked for of a film.
    static let filmFrames = 8

    // MARK: Typed prompts

    /// Has a typed prompt shown and sampled.
    mutating func samplePrompt(_ text: String) -> [WorkbenchEffect] {
        overlay = nil
        guard isAttached else {
            announce(.info, "no engine is there to sample it")
            return []
        }
        announce(.info, "sampling \"\(text)\" …")
        pendingPrompt = nil
        if text.lowercased() == state?.selectedPrompt.lowercased() {
            return [.send(.sample(prompt: text, count: samplesPerKey))]
        }
        gallery.typedPrompt = text
        return [.send(.selectPrompt(prompt: text))]
    }

    /// Samples as many as the sample key does, once the engine has a typed prompt as its own.
    mutating func takeTypedPrompt(from old: String?) -> [WorkbenchEffect] {
        guard gallery.typedPrompt != nil, let prompt = state?.selectedPrompt, prompt != old else {
            return []
        }
        gallery.typedPrompt = nil
        gallery.noise = 0
        gallery.step = nil
        return [.send(.sample(prompt: prompt, count: samplesPerKey))]
    }

    /// Asks again for a prompt that the engine does not take, with its reason.
    mutating func askAgain(_ failure: Failure) {
        guard let typed = gallery.typedPrompt, failure.message.contains(typed) else { return }
        gallery.typedPrompt = nil
        // The question has the reason beside it; as a notice it would outlive the next prompt.
        if notice?.text == failure.message { notice = nil }
        guard overlay == nil else { return }
        var question = TextQuestion(.samplePrompt, title: "a prompt to sample", text: typed)
        question.problem = failure.message
        overlay = .text(question)
    }
}
