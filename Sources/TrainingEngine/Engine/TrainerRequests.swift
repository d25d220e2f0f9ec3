import BenchProtocol
import DiffusionModels
import MessageBus
import Populations

/// What a screen asks for besides training: prompts, histories, and an end to what takes long.
extension Trainer {
    /// Prompts beyond the data set's own that can be selected, at most.
    private static let mostTypedPrompts = 12

    /// A prompt in its canonical words; what is odd about it is told.
    func checked(_ prompt: String, warns: Bool = true) throws -> String {
        guard let tokenizer = session?.pipeline.tokenizer else {
            return try Caption(parsing: prompt).text
        }
        let read = try ReadPrompt(prompt, tokenizer: tokenizer)
        if warns, let warning = read.warning { log(.warning, warning) }
        return read.text
    }

    /// Has a prompt that is none of the data set's own among those that can be selected.
    func noteTyped(_ prompt: String) {
        typedPrompts.removeAll { $0 == prompt }
        guard !Profession.all.contains(where: { Caption($0).text == prompt }) else { return }
        typedPrompts.append(prompt)
        if typedPrompts.count > Trainer.mostTypedPrompts { typedPrompts.removeFirst() }
    }

    /// Selects the prompt that was selected last, or the recipe's where none was or it will not do.
    func takeUpPrompts(_ session: TrainingSession) throws {
        let remembered = session.store.prompts()
        for prompt in remembered.typed {
            if let prompt = try? checked(prompt, warns: false) { noteTyped(prompt) }
        }
        if let selected = remembered.selected,
            let prompt = try? checked(selected, warns: false)
        {
            selectedPrompt = prompt
            noteTyped(prompt)
        } else {
            selectedPrompt = try checked(session.recipe.sampling.prompt)
        }
    }

    /// Has the selected prompt remembered for the next time; that it cannot be is worth a line.
    func rememberPrompts(_ session: TrainingSession) {
        do {
            try session.store.write(
                SessionPrompts(selected: selectedPrompt, typed: typedPrompts))
        } catch {
            log(.warning, "the prompt will not be remembered: \(error)")
        }
    }

    /// Tells who appeared for a prompt over the steps, and what is planted for it.
    func tellHistory(
        of prompt: String, points: Int, _ session: TrainingSession
    ) throws {
        for history in try session.metrics.histories(prompt: prompt, points: points) {
            events.publish(.populationHistory(history))
        }
        for (attribute, classes, shares) in PlantedBias.declared.shares(for: prompt) {
            events.publish(
                .planted(
                    PlantedDistribution(
                        prompt: prompt, attribute: attribute, classes: classes, shares: shares)))
        }
    }

    // MARK: Giving up

    /// Gives up every task of a name.
    func cancel(_ name: String) {
        guard tasks.contains(where: { $0.name == name }) else {
            // It ended while the command was on its way: nothing that anybody did wrong.
            return log(.info, "\(name) is not under way, so there was nothing to cancel")
        }
        drop { $0.name == name }
        log(.info, "\(name) was cancelled")
        if tasks.isEmpty { settle() }
    }

    /// Takes tasks out of the line, and tells that they are over.
    func drop(where isOver: (any EngineTask) -> Bool) {
        let names = Set(tasks.filter(isOver).map(\.name))
        tasks.removeAll(where: isOver)
        for name in names.subtracting(tasks.map(\.name)) {
            events.publish(
                .progress(
                    TaskProgress(
                        task: name, done: 1, total: 1, secondsLeft: 0, message: "cancelled")))
        }
    }
}
