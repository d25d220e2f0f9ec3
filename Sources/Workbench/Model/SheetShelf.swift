import BenchProtocol

/// The pictures of the few prompts that were looked at last; older prompts' are forgotten.
package struct SheetShelf: Sendable {
    /// The prompts kept, at most.
    package static let promptCapacity = 8
    /// The lanes kept of each prompt, at most.
    static let laneCapacity = 32
    /// The widest and highest picture that is taken, in pixels.
    static let largestSide = 512
    /// The bytes of pixels kept, at most; beyond them the prompt looked at longest ago goes.
    static let byteCapacity = 24 << 20

    /// A sheet and the number it was placed under: no two sheets have the same.
    private struct Placed: Sendable {
        var sheet: Thumbnails
        var number: Int
    }

    private var prompts: [(prompt: String, sheets: [String: Placed])] = []
    private var placed = 0

    package init() {}

    /// How many prompts are kept now.
    package var promptCount: Int { prompts.count }

    /// The pictures of a lane for a prompt.
    package func sheet(lane: String, prompt: String) -> Thumbnails? {
        prompts.first { $0.prompt == prompt }?.sheets[lane]?.sheet
    }

    /// The number of the sheet shown for a lane and prompt; 0 where there is none.
    package func number(lane: String, prompt: String) -> Int {
        prompts.first { $0.prompt == prompt }?.sheets[lane]?.number ?? 0
    }

    /// Puts pictures in place of older ones; says what is wrong where they cannot be shown.
    package mutating func place(_ sheet: Thumbnails) -> String? {
        if let complaint = SheetShelf.complaint(about: sheet) { return complaint }
        var entry: (prompt: String, sheets: [String: Placed]) = (sheet.prompt, [:])
        if let index = prompts.firstIndex(where: { $0.prompt == sheet.prompt }) {
            entry = prompts.remove(at: index)
        }
        // The first few pictures of a sheet that is shown already are no news.
        if let shown = entry.sheets[sheet.lane]?.sheet,
            (shown.step, shown.pictures.count) > (sheet.step, sheet.pictures.count)
        {
            prompts.append(entry)
            return nil
        }
        if entry.sheets[sheet.lane] != nil || entry.sheets.count < SheetShelf.laneCapacity {
            placed += 1
            entry.sheets[sheet.lane] = Placed(sheet: sheet, number: placed)
        }
        prompts.append(entry)
        if prompts.count > SheetShelf.promptCapacity { prompts.removeFirst() }
        while prompts.count > 1, byteCount > SheetShelf.byteCapacity { prompts.removeFirst() }
        return nil
    }

    /// The bytes of all pixels kept.
    package var byteCount: Int {
        prompts.reduce(0) { sum, entry in
            entry.sheets.values.reduce(sum) {
                $0 + $1.sheet.width * $1.sheet.height * 3 * $1.sheet.pictures.count
            }
        }
    }

    /// Forgets pictures of later steps, except the base model's, which does not train.
    package mutating func truncate(after step: Int) {
        for index in prompts.indices {
            prompts[index].sheets = prompts[index].sheets.filter {
                $0.key == WorkbenchModel.baseName || $0.value.sheet.step <= step
            }
        }
    }

    /// Forgets lanes that are gone.
    package mutating func keep(lanes: Set<String>) {
        for index in prompts.indices {
            prompts[index].sheets = prompts[index].sheets.filter { lanes.contains($0.key) }
        }
    }

    private static func complaint(about sheet: Thumbnails) -> String? {
        guard (1...largestSide).contains(sheet.width), (1...largestSide).contains(sheet.height)
        else {
            return "pictures of \(sheet.width)x\(sheet.height) pixels from lane \(sheet.lane): "
                + "expected 1 to \(largestSide) a side"
        }
        let expected = sheet.width * sheet.height * 3
        if let wrong = sheet.pictures.first(where: { $0.rgb.count != expected }) {
            return "a picture of \(wrong.rgb.count) bytes from lane \(sheet.lane): "
                + "expected \(expected)"
        }
        return nil
    }
}
