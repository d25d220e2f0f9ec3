import CFreeType
import CHarfBuzz

/// What can be wrong with the colour emoji font.
public enum EmojiFontError: Error, Equatable, CustomStringConvertible {
    /// No font file is where it should be.
    case missing(path: String)
    /// The file is there, but popbench cannot draw from it.
    case unusable(path: String, reason: String)
    /// The font draws a sequence as several glyphs, or not at all.
    case unsupportedSequence(path: String, sequence: [UInt32])
    /// The font has the glyph, but not as a colour bitmap.
    case undrawable(path: String, sequence: [UInt32], reason: String)

    /// What is wrong, where, and what to do.
    public var description: String {
        let install =
            "install the Debian package fonts-noto-color-emoji, or name a colour bitmap font in "
            + EmojiFont.environmentVariable
        switch self {
        case .missing(let path):
            return "\(path): no colour emoji font here; \(install)"
        case .unusable(let path, let reason):
            return "\(path): cannot be used as a colour emoji font: \(reason); \(install)"
        case .unsupportedSequence(let path, let sequence):
            return "\(path): has no single glyph for \(Self.codePoints(sequence)); \(install)"
        case .undrawable(let path, let sequence, let reason):
            return "\(path): cannot draw \(Self.codePoints(sequence)): \(reason); \(install)"
        }
    }

    private static func codePoints(_ sequence: [UInt32]) -> String {
        sequence.map { "U+" + String($0, radix: 16, uppercase: true) }.joined(separator: " ")
    }
}

/// A colour emoji font whose glyphs are bitmaps: sequences in, pictures on white out.
///
/// HarfBuzz joins the code points of a sequence into one glyph, FreeType reads that glyph's bitmap.
/// Not Sendable: both libraries want one thread a face.
public final class EmojiFont {
    /// The environment variable that names another font file.
    public static let environmentVariable = "POPBENCH_EMOJI_FONT"
    /// Where Debian's and Ubuntu's fonts-noto-color-emoji puts the font.
    public static let installedPath = "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf"
    /// The largest font file that is read, in bytes.
    public static let mostBytes = 1 << 28

    private let path: String
    private let bytes: UnsafeMutableRawBufferPointer
    private var library: FT_Library?
    private var face: FT_Face?
    private var shaper: OpaquePointer?

    /// Opens a font that lies in memory.
    ///
    /// - Parameters:
    ///   - contents: the whole font file.
    ///   - path: what errors call it.
    /// - Throws: `EmojiFontError.unusable`.
    public init(contents: [UInt8], path: String) throws {
        self.path = path
        // Both libraries keep pointing into the file, so it stays where it is until the end.
        bytes = .allocate(byteCount: max(contents.count, 1), alignment: 16)
        bytes.copyBytes(from: contents)
        guard FT_Init_FreeType(&library) == 0 else {
            throw EmojiFontError.unusable(path: path, reason: "FreeType does not start")
        }
        let start = bytes.baseAddress!.assumingMemoryBound(to: FT_Byte.self)
        let fault = FT_New_Memory_Face(library, start, FT_Long(contents.count), 0, &face)
        guard fault == 0, let face else {
            throw EmojiFontError.unusable(
                path: path, reason: "FreeType takes it for no font (error \(fault))")
        }
        try selectLargestStrike(of: face)
        let blob = hb_blob_create(
            start, UInt32(contents.count), HB_MEMORY_MODE_READONLY, nil, nil)
        let shapingFace = hb_face_create(blob, 0)
        hb_blob_destroy(blob)
        shaper = hb_font_create(shapingFace)
        hb_face_destroy(shapingFace)
    }

    /// Opens a font file.
    ///
    /// - Throws: `EmojiFontError`, or `StoredFileError` when the file cannot be read.
    public convenience init(path: String) throws {
        try self.init(contents: Self.contents(of: path), path: path)
    }

    deinit {
        if let shaper { hb_font_destroy(shaper) }
        if let face { FT_Done_Face(face) }
        if let library { FT_Done_FreeType(library) }
        bytes.deallocate()
    }

    /// The path of the font to use: the environment's, else the installed one.
    public static func path(in environment: [String: String]) -> String {
        environment[environmentVariable].flatMap { $0.isEmpty ? nil : $0 } ?? installedPath
    }

    /// Reads a font file.
    ///
    /// - Throws: `EmojiFontError.missing`, or `StoredFileError` when the file cannot be read.
    public static func contents(of path: String) throws -> [UInt8] {
        do {
            return try StoredFile.read(path, limit: mostBytes)
        } catch StoredFileError.notFound {
            throw EmojiFontError.missing(path: path)
        }
    }

    /// The number of the one glyph that draws a whole sequence.
    ///
    /// - Throws: `EmojiFontError.unsupportedSequence` when the font draws it as several or as none.
    public func glyph(of sequence: [UInt32]) throws -> UInt32 {
        let buffer = hb_buffer_create()
        defer { hb_buffer_destroy(buffer) }
        hb_buffer_set_flags(buffer, HB_BUFFER_FLAG_REMOVE_DEFAULT_IGNORABLES)
        hb_buffer_add_utf32(buffer, sequence, Int32(sequence.count), 0, Int32(sequence.count))
        hb_buffer_guess_segment_properties(buffer)
        hb_shape(shaper, buffer, nil, 0)
        var count: UInt32 = 0
        let glyphs = hb_buffer_get_glyph_infos(buffer, &count)
        // Glyph 0 is the box that stands for what a font does not have.
        guard count == 1, let glyph = glyphs?.pointee.codepoint, glyph != 0 else {
            throw EmojiFontError.unsupportedSequence(path: path, sequence: sequence)
        }
        return glyph
    }

    /// Draws a sequence on white at the font's largest bitmap size (136 x 128 in Noto Color Emoji).
    ///
    /// - Throws: `EmojiFontError`.
    public func picture(of sequence: [UInt32]) throws -> Picture {
        let glyph = try glyph(of: sequence)
        func refusal(_ reason: String) -> EmojiFontError {
            .undrawable(path: path, sequence: sequence, reason: reason)
        }
        let fault = cfreetype_load_colour_glyph(face, glyph)
        guard fault == 0, let slot = face?.pointee.glyph else {
            throw refusal("FreeType cannot load glyph \(glyph) (error \(fault))")
        }
        guard cfreetype_holds_bgra(face) == 1, let pixels = slot.pointee.bitmap.buffer else {
            throw refusal("glyph \(glyph) is no colour bitmap")
        }
        let (width, height) = (Int(slot.pointee.bitmap.width), Int(slot.pointee.bitmap.rows))
        guard width > 0, height > 0, max(width, height) <= 1024 else {
            throw refusal("glyph \(glyph) has \(width) x \(height) pixels")
        }
        // A negative pitch means rows from the bottom, with the buffer at the lowest address.
        let pitch = Int(slot.pointee.bitmap.pitch)
        let top = pitch < 0 ? pixels - pitch * (height - 1) : pixels
        var rgb = [UInt8](repeating: 255, count: width * height * 3)
        for y in 0..<height {
            for x in 0..<width {
                // Premultiplied over white: the colour plus what white shows through.
                let source = top + y * pitch + x * 4
                let white = 255 - Int(source[3])
                for channel in 0..<3 {
                    rgb[(y * width + x) * 3 + channel] =
                        UInt8(min(255, Int(source[2 - channel]) + white))
                }
            }
        }
        return Picture(width: width, height: height, rgb: rgb)
    }

    private func selectLargestStrike(of face: FT_Face) throws {
        let count = Int(face.pointee.num_fixed_sizes)
        guard count > 0, let sizes = face.pointee.available_sizes else {
            throw EmojiFontError.unusable(path: path, reason: "it holds no bitmaps")
        }
        let largest = (0..<count).max { sizes[$0].y_ppem < sizes[$1].y_ppem }!
        guard FT_Select_Size(face, Int32(largest)) == 0 else {
            throw EmojiFontError.unusable(path: path, reason: "its bitmap size cannot be selected")
        }
    }
}
