import BenchProtocol

/// A study's numbers as comma-separated values, a number a line.
public enum StudyCSV {
    /// Every figure of every evaluation, with the interval that the evaluation itself gives.
    public static func figures(_ records: [EvaluationRecord]) -> String {
        var text = "contender,objective,seed,step,figure,value,low,high,n\n"
        for record in records {
            for figure in record.figures {
                text += line([
                    record.contender, record.lane?.objective ?? "", "\(record.seed)",
                    "\(record.step)", figure.name, number(figure.value), number(figure.low),
                    number(figure.high), "\(figure.n)",
                ])
            }
        }
        return text
    }

    /// Every figure of every single prompt.
    public static func prompts(_ records: [EvaluationRecord]) -> String {
        var text = "contender,seed,step,figure,prompt,trained,value\n"
        for record in records {
            let trained = Set(record.trained)
            for (figure, values) in record.prompts.sorted(by: { $0.key < $1.key }) {
                for (prompt, value) in values.sorted(by: { $0.key < $1.key }) {
                    text += line([
                        record.contender, "\(record.seed)", "\(record.step)", figure, prompt,
                        trained.contains(prompt) ? "yes" : "no", number(value ?? .nan),
                    ])
                }
            }
        }
        return text
    }

    /// One line of a table; fields with commas, quotes or line feeds are quoted.
    static func line(_ fields: [String]) -> String {
        fields.map { field in
            field.contains { ",\"\n\r".contains($0) }
                ? "\"" + field.replacing("\"", with: "\"\"") + "\"" : field
        }.joined(separator: ",") + "\n"
    }

    /// The shortest text that reads back as the same number; empty where there is none.
    static func number(_ value: Double) -> String { value.isFinite ? "\(value)" : "" }
}
