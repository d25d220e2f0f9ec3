import BenchProtocol
import Figures
import TerminalKit

extension WorkbenchModel {
    /// The labels of all pictures of the prompt as CSV or JSON.
    func picturesText(_ format: ExportFormat) -> String {
        var rows: [String] = []
        for contender in compared {
            guard let sheet = sheets.sheet(lane: contender.name, prompt: shownPrompt) else {
                continue
            }
            for (noise, picture) in sheet.pictures.enumerated() {
                rows.append(
                    format == .csv
                        ? [
                            FileText.csv(shownPrompt), FileText.csv(contender.name),
                            "\(sheet.step)",
                            "\(noise + 1)", FileText.csv(picture.label),
                            FileText.number(picture.confidence),
                        ].joined(separator: ",")
                        : "{\"prompt\":\(FileText.json(shownPrompt)),"
                            + "\"lane\":\(FileText.json(contender.name)),\"step\":\(sheet.step),"
                            + "\"noise\":\(noise + 1),\"label\":\(FileText.json(picture.label)),"
                            + "\"confidence\":\(FileText.jsonNumber(picture.confidence))}")
            }
        }
        return format == .csv
            ? (["prompt,lane,step,noise,label,confidence"] + rows).joined(separator: "\n") + "\n"
            : "{\"pictures\":[\n\(rows.joined(separator: ",\n"))\n]}\n"
    }

    /// All pictures of the prompt, a column a contender, a row a noise.
    var picturesFigure: Figure {
        let ink = Color(hex: 0x1A202C)
        let (pitch, size, left, top) = (150.0, 128.0, 56.0, 92.0)
        let rows = min(comparedPictures, 64)
        var figure = Figure(
            width: Int(left + pitch * Double(compared.count)) + 16,
            height: Int(top + (size + 34) * Double(rows)) + 12, background: Color(hex: 0xFFFFFF))
        figure.words(
            "\"\(shownPrompt)\", the same noise in each row", at: FigurePoint(x: left, y: 38),
            size: 18, color: ink)
        for (column, contender) in compared.enumerated() {
            let x = left + pitch * Double(column)
            figure.words(
                label(of: contender, atMost: 15, mark: \.mark), at: FigurePoint(x: x, y: top - 14),
                size: 14,
                color: contender.index.map(Self.printColor) ?? ink)
            guard let sheet = sheets.sheet(lane: contender.name, prompt: shownPrompt) else {
                continue
            }
            for (row, picture) in sheet.pictures.prefix(rows).enumerated() {
                let y = top + (size + 34) * Double(row)
                if let pixels = FigurePixels(
                    width: sheet.width, height: sheet.height, rgb: picture.rgb)
                {
                    figure.pixels(
                        pixels, at: FigurePoint(x: x, y: y),
                        scale: size / Double(max(sheet.width, sheet.height)))
                }
                let confidence =
                    picture.confidence.isFinite ? " " + NumberText.fixed(picture.confidence, 2) : ""
                figure.words(
                    TextLayout.clipped(
                        PictureLabel.abbreviated(picture.label) + confidence, to: 18),
                    at: FigurePoint(x: x, y: y + size + 16), size: 12, color: ink)
            }
        }
        for row in 0..<rows {
            figure.words(
                "\(row + 1)", at: FigurePoint(x: 20, y: top + (size + 34) * Double(row) + 14),
                size: 14, color: ink)
        }
        return figure
    }
}
