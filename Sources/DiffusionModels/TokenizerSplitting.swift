import Foundation

/// Cuts a caption into the words that byte-pair encoding works on, as transformers' CLIP tokenizer.
///
/// The installed behaviour is that of the "fast" tokenizer, the only one left in transformers 5:
/// composition to NFC, runs of white space to one space, lower-casing scalar by scalar, and the
/// pattern
///
///     <\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+
///
/// The older "slow" tokenizer, which strips accents and control characters where ftfy is not
/// installed, is not followed.
package enum TokenizerSplitting {
    /// A part of a caption.
    package enum Part: Equatable {
        /// A special token, by its text.
        case special(String)
        /// Text between special tokens.
        case text(String)
    }

    /// Cuts a text at the given tokens; the longest goes first where two begin at one place.
    package static func cut(_ text: String, at tokens: [(pattern: String, token: String)]) -> [Part]
    {
        let bytes = Array(text.utf8)
        let patterns = tokens.filter { !$0.pattern.isEmpty }
            .map { (bytes: Array($0.pattern.utf8), token: $0.token) }
            .sorted { $0.bytes.count > $1.bytes.count }
        var parts: [Part] = []
        var begin = 0
        var place = 0
        func flush(to end: Int) {
            guard begin < end else { return }
            parts.append(.text(String(decoding: bytes[begin..<end], as: UTF8.self)))
        }
        while place < bytes.count {
            let hit = patterns.first { pattern in
                pattern.bytes.first == bytes[place] && bytes[place...].starts(with: pattern.bytes)
            }
            guard let hit else {
                place += 1
                continue
            }
            flush(to: place)
            parts.append(.special(hit.token))
            place += hit.bytes.count
            begin = place
        }
        flush(to: bytes.count)
        return parts
    }

    /// NFC, runs of white space as one space, lower case.
    package static func normalized(_ text: String) -> String {
        var result = ""
        var wasSpace = false
        for scalar in text.precomposedStringWithCanonicalMapping.unicodeScalars {
            let isSpace = scalar.properties.isWhitespace
            if !isSpace {
                // Scalar by scalar: a capital sigma never becomes the final form.
                result += scalar.properties.lowercaseMapping
            } else if !wasSpace {
                result += " "
            }
            wasSpace = isSpace
        }
        return result
    }

    /// The words of a normalised text.
    package static func words(_ text: String) -> [String] {
        let scalars = Array(text.unicodeScalars)
        var words: [String] = []
        var place = 0
        func take(to end: Int) {
            var word = ""
            for scalar in scalars[place..<end] { word.unicodeScalars.append(scalar) }
            words.append(word)
            place = end
        }
        func starts(_ pattern: [Unicode.Scalar]) -> Bool {
            scalars[place...].starts(with: pattern)
        }
        func end(of kind: Kind) -> Int {
            scalars[place...].firstIndex { Kind($0) != kind } ?? scalars.count
        }
        while place < scalars.count {
            if scalars[place] == "<", let literal = literals.first(where: starts) {
                // Written in capitals, so no special token; the byte level cuts it once more.
                take(to: place + 2)
                take(to: place + literal.count - 4)
                take(to: place + 2)
                continue
            }
            if scalars[place] == "'", let contraction = contractions.first(where: starts) {
                take(to: place + contraction.count)
                continue
            }
            switch Kind(scalars[place]) {
            case .space: place += 1
            case .number: take(to: place + 1)
            case .letter: take(to: end(of: .letter))
            case .other: take(to: end(of: .other))
            }
        }
        return words
    }

    private static let literals = ["<|startoftext|>", "<|endoftext|>"].map {
        Array($0.unicodeScalars)
    }
    private static let contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"].map {
        Array($0.unicodeScalars)
    }

    /// The classes that the pattern tells apart.
    private enum Kind {
        case space, letter, number, other

        init(_ scalar: Unicode.Scalar) {
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter,
                .otherLetter:
                self = .letter
            case .decimalNumber, .letterNumber, .otherNumber: self = .number
            default: self = scalar.properties.isWhitespace ? .space : .other
            }
        }
    }
}
