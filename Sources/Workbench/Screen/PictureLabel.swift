/// What the classifier sees in a picture, in as many columns as there are.
package enum PictureLabel {
    /// The words of a label: `woman` and `medium-dark`.
    package static func words(_ label: String) -> [String] {
        label.split(separator: ",").map { String($0.drop { $0 == " " }) }
    }

    /// As much of label and confidence as fits: words lose their ends before the confidence goes.
    package static func fitted(_ label: String, confidence: Double, width: Int) -> String {
        let sure = confidence.isFinite ? " " + NumberText.share(confidence) : ""
        let (short, initials) = (abbreviated(label), initials(label))
        let choices = [
            label + sure, short + sure, initials + sure, label, short, initials,
        ]
        return choices.first { $0.utf8.count <= width } ?? initials
    }

    /// `woman, medium-dark` as `w m-dark`.
    static func abbreviated(_ label: String) -> String {
        let words = words(label)
        guard words.count == 2, let initial = words[0].first else { return label }
        let tone = words[1].hasPrefix("medium-") ? "m-" + words[1].dropFirst(7) : words[1]
        return "\(initial) \(tone)"
    }

    /// `woman, medium-dark` as `w md`.
    package static func initials(_ label: String) -> String {
        words(label).map { word in
            String(word.split(separator: "-").compactMap(\.first))
        }.joined(separator: " ")
    }
}
