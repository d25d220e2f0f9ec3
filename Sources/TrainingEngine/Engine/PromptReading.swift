import DiffusionModels
import Populations

/// A prompt as a model is to get it, and what a person should know of it.
package struct ReadPrompt: Equatable {
    /// The most bytes that a prompt may have.
    package static let longest = 1_000

    /// The words in their canonical form.
    package let text: String
    /// Why what is drawn for it may mean little; nil where there is nothing to say.
    package let warning: String?

    /// Reads what somebody typed.
    ///
    /// A caption of the data set is brought into the form that models are trained on. A model that
    /// knows nothing else takes any order of the words it knows, with a warning, and no other word;
    /// any other model gets the text as it is.
    ///
    /// - Throws: `CaptionError` with the word at fault and the words that exist, or `EngineError`.
    package init(_ prompt: String, tokenizer: CLIPTokenizer) throws {
        let text = prompt.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard prompt.utf8.count <= Self.longest else {
            throw EngineError("a prompt has at most \(Self.longest) bytes")
        }
        do {
            self.text = try Caption(parsing: text).text
            warning = nil
        } catch let error as CaptionError {
            if !tokenizer.knowsOnlyCaptions {
                self.text = try tokenizer.caption(text)
                warning =
                    "\"\(text)\" is no caption of the data set: nothing is planted for it, and the "
                    + "classifier sees one of its own classes in any picture"
            } else if case .unknownWord = error {
                throw error
            } else {
                self.text = text.lowercased()
                warning =
                    "not the wording that the model learned, so pictures may mean little: "
                    + "\"\(text)\"; it learned \"a [TONE-skinned] [GENDER] PROFESSION\""
            }
        }
    }
}

extension PlantedBias {
    /// The shares that the table plants for a prompt, by attribute; none for one that is no caption.
    ///
    /// What the prompt names has share 1.
    package func shares(for prompt: String) -> [(
        attribute: String, classes: [String], shares: [Double]
    )] {
        guard let caption = try? Caption(parsing: prompt), let profession = caption.profession
        else { return [] }
        let genders = Gender.all.map { gender in
            caption.gender.map { $0 == gender ? 1 : 0 }
                ?? probability(of: gender, given: profession)
        }
        let tones = SkinTone.all.map { tone in
            caption.tone.map { $0 == tone ? 1 : 0 } ?? probability(of: tone, given: profession)
        }
        return [
            ("gender", Gender.all.map(\.name), genders), ("tone", SkinTone.all.map(\.name), tones),
        ]
    }
}
