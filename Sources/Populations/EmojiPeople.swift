import Pictures
import TensorCore

/// The embedded data set: three hundred drawn people, read from the installed emoji font.
///
/// Profession, gender presentation and skin tone are what Unicode's names say of a drawing, not
/// anyone's identity. The drawings stay in the font; nothing of them is stored elsewhere.
public final class EmojiPeople: Sendable {
    /// The side of a rendering, in pixels.
    public static let side = 32
    /// Floats in a rendering: `side * side * 3`.
    public static let renderingCount = side * side * 3

    /// SHA-256 over the font's bytes, the table's bytes and the declared bias, in hexadecimal.
    ///
    /// Two runs with the same digest, seed and program see the same pictures.
    public let digest: String
    private let drawings: Drawings

    /// Draws all three hundred people.
    ///
    /// - Parameters:
    ///   - fontPath: a colour bitmap font, `EmojiFont.path(in:)` as a rule.
    ///   - tablePath: Unicode's emoji-test.txt, `EmojiTable.path(in:)` as a rule.
    /// - Throws: `EmojiFontError`, `EmojiTableError` or `StoredFileError`; each says what to install.
    public init(
        fontPath: String = EmojiFont.installedPath, tablePath: String = EmojiTable.installedPath
    ) throws {
        let tableContents = try EmojiTable.contents(of: tablePath)
        let fontContents = try EmojiFont.contents(of: fontPath)
        let table = try EmojiTable(contents: tableContents, path: tablePath)
        let font = try EmojiFont(contents: fontContents, path: fontPath)
        let pictures = try PersonAttributes.all.map { attributes in
            try font.picture(of: table.sequence(of: attributes))
        }
        // Glyphs of one strike may be cropped differently: give all of them one canvas.
        let width = pictures.map(\.width).max()!
        let height = pictures.map(\.height).max()!
        drawings = Drawings(
            pictures.map { picture in
                if picture.width == width && picture.height == height { return picture }
                var canvas = Picture(width: width, height: height, filledWith: .white)
                canvas.place(
                    picture, x: (width - picture.width) / 2, y: (height - picture.height) / 2)
                return canvas
            })
        var hash = SHA256()
        hash.update(fontContents)
        hash.update(tableContents)
        hash.update(Array(PlantedBias.declared.declaration.utf8))
        digest = hash.finish()
    }

    /// Draws all three hundred people from the font and table that the environment names.
    ///
    /// - Throws: as `init(fontPath:tablePath:)`.
    public convenience init(environment: [String: String]) throws {
        try self.init(
            fontPath: EmojiFont.path(in: environment), tablePath: EmojiTable.path(in: environment))
    }

    /// The drawing of a person at the font's own size, on white.
    public func drawing(_ attributes: PersonAttributes) -> Picture {
        drawings[attributes.index]
    }

    /// A rendering of a person, `[32, 32, 3]` in [-1, 1], channels last.
    ///
    /// - Parameters:
    ///   - attributes: who is drawn.
    ///   - seed: the seed of the run.
    ///   - index: which rendering; the same one for the same arguments, whatever was drawn before.
    ///   - split: renderings to learn from, or renderings to test on.
    public func rendering(
        _ attributes: PersonAttributes, seed: UInt64, index: Int, split: RenderingSplit
    ) -> [Float] {
        [Float](unsafeUninitializedCapacity: Self.renderingCount) { buffer, count in
            render(attributes, seed: seed, index: index, split: split, into: buffer.baseAddress!)
            count = Self.renderingCount
        }
    }

    /// Writes the rendering of the same arguments to memory of `renderingCount` floats.
    public func render(
        _ attributes: PersonAttributes, seed: UInt64, index: Int, split: RenderingSplit,
        into out: UnsafeMutablePointer<Float>
    ) {
        let person = attributes.index
        drawings.render(
            person, side: Self.side,
            RenderingAugmentation(seed: seed, person: person, index: index, split: split),
            into: out)
    }

    /// A rendering with an augmentation that the caller states; the plain drawing by default.
    public func rendering(
        _ attributes: PersonAttributes, _ augmentation: RenderingAugmentation = .none
    ) -> [Float] {
        [Float](unsafeUninitializedCapacity: Self.renderingCount) { buffer, count in
            drawings.render(
                attributes.index, side: Self.side, augmentation, into: buffer.baseAddress!)
            count = Self.renderingCount
        }
    }

    /// All three hundred drawings at the font's own size: a row a profession, in each row the tones
    /// from light to dark for man, woman and person.
    public func contactSheet() -> Picture {
        Pictures.contactSheet(
            PersonAttributes.all.map(drawing), columns: Identity.all.count, padding: 4)
    }
}
