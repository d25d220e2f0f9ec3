import Testing
import TrainingEngine

@Suite("Mistakes in recipes")
struct RecipeMistakeTests {
    private static let lane = RecipeTests.lane

    struct Bad: Sendable, CustomTestStringConvertible {
        let text: String
        let line: Int
        let key: String
        /// Part of what the error says was expected or found.
        let says: String
        var testDescription: String { "\(key): \(says)" }

        init(_ text: String, _ line: Int, _ key: String, _ says: String) {
            self.text = text
            self.line = line
            self.key = key
            self.says = says
        }
    }

    static let bad: [Bad] = [
        Bad("", 1, "lane", "at least one lane"),
        Bad("[session\n", 1, "", "valid TOML"),
        Bad("[=]\n", 1, "", "a key expected"),
        Bad("\n [[ .lane]]\n", 2, "", "a key expected"),
        Bad("\u{FEFF}[\n", 1, "", "a key expected"),
        Bad("a = \"\"\"\n[=]\n\"\"\"\"\"\n[\r\n", 4, "", "a key expected"),
        Bad("a = \n[=]\n", 1, "", "valid TOML"),
        Bad("a = 1\na = 2\n", 2, "", "valid TOML"),
        Bad("# fine\n\n[sesion]\nsteps = 3\n", 3, "sesion", "one of session, model"),
        Bad("\nsteps = 3\n" + lane, 2, "steps", "unknown key"),
        Bad("[session]\nname = \"a\"\nstepz = 3\n" + lane, 3, "session.stepz", "autosave_steps"),
        Bad("[session]\nsteps = \"many\"\n" + lane, 2, "session.steps", "the text \"many\""),
        Bad("[session]\nsteps = 1.5\n" + lane, 2, "session.steps", "whole number"),
        Bad("[session]\nsteps = 0\n" + lane, 2, "session.steps", "from 1 to"),
        Bad("[session]\r\nseed = 1\r\nkeep = true\r\n" + lane, 3, "session.keep", "found true"),
        Bad("[session]\nseed = -1\n" + lane, 2, "session.seed", "from 0"),
        Bad("[session]\nname = \"a/b\"\n" + lane, 2, "session.name", "letters, digits"),
        Bad("[session]\nname = \"..\"\n" + lane, 2, "session.name", "letters, digits"),
        Bad("session = 3\n" + lane, 1, "session", "a table"),
        Bad("[[session]]\nsteps = 1\n" + lane, 1, "session", "a table"),
        Bad("[model]\nbase = \"\"\n" + lane, 2, "model.base", "pipeline folder"),
        Bad(
            "[populations]\nprofessions = [\n  \"farmer\",\n  \"baker\",\n]\n" + lane, 2,
            "populations.professions", "\"baker\""),
        Bad("[populations]\nprofessions = []\n" + lane, 2, "populations.professions", "a list"),
        Bad(
            "[populations]\nprofessions = [\"farmer\", 3]\n" + lane, 2, "populations.professions",
            "a list"),
        Bad(
            "[populations]\nprofessions = [\"doctor\", \"health worker\"]\n" + lane, 2,
            "populations.professions", "different"),
        Bad(
            "[populations]\nconfidence = nan\n" + lane, 2, "populations.confidence",
            "from 0.0 to 1.0"),
        Bad(
            "[preferences]\nsource = \"\"\n" + lane, 2, "preferences.source",
            "\"collect\" or the path"),
        Bad(
            "[preferences]\ntemperature = -1\n" + lane, 2, "preferences.temperature", "from 0.0"),
        Bad(
            "[preferences]\npairs_per_prompt = 0\n" + lane, 2, "preferences.pairs_per_prompt",
            "from 1 to 5000"),
        Bad(
            "[preferences]\nsource = \"collect\"\nmatch_weight = 0\nfidelity_weight = 0\n"
                + "taste_weight = 0\n" + lane, 5, "preferences.taste_weight", "a weight above 0"),
        Bad(
            "[preferences]\nsource = \"collect\"\n[training]\nidentity_captions = 0.2\n" + lane, 4,
            "training.identity_captions", "0 beside [preferences]"),
        Bad("[sampling]\nguidance_scale = inf\n" + lane, 2, "sampling.guidance_scale", "inf"),
        Bad("[evaluation]\nevery = -1\n" + lane, 2, "evaluation.every", "from 0"),
        Bad(
            "[training]\nschedule = \"step\"\n" + lane, 2, "training.schedule",
            "\"constant\", \"linear\" or \"cosine\""),
        Bad(
            "[training]\nnotes = \"\"\"\nschedule = 1\n\"\"\"\n" + lane, 2, "training.notes",
            "caption_dropout"),
        Bad(
            "[session]\nname = \"\"\"\nseed = 1\n\"\"\"\nseed = 1.5\n" + lane, 2, "session.name",
            "letters"),
        Bad("[training]\nadam_beta1 = 1979-05-27\n" + lane, 2, "training.adam_beta1", "a date"),
        Bad("[lane]\nname = \"a\"\n", 1, "lane", "single brackets"),
        Bad("lane = [1]\n", 1, "lane", "the number 1"),
        Bad("lane = []\n", 1, "lane", "at least one lane"),
        Bad("[[lane]]\nobjective = \"sft\"\n", 1, "lane.name", "found nothing"),
        Bad("[[lane]]\nname = \"a\"\n", 1, "lane.objective", "\"f-dpo\""),
        Bad("[[lane]]\nname = 3\nobjective = \"sft\"\n", 2, "lane.name", "the number 3"),
        Bad("[[lane]]\nname = \"base\"\nobjective = \"sft\"\n", 2, "lane.name", "not \"base\""),
        Bad("[[lane]]\nname = \"a\"\nobjective = \"ppo\"\n", 3, "lane.objective", "\"ppo\""),
        Bad(lane + "\n" + lane, 6, "lane.name", "first in line 2"),
        Bad(lane + "[[lane]]\nname = \"b\"\nobjektive = 1\n", 6, "lane.objektive", "warmup_steps"),
        Bad(lane + "[lane.more]\nx = 1\n", 4, "lane.more", "unknown key"),
        Bad(lane + "divergence = \"js\"\n", 4, "lane.divergence", "no divergence"),
        Bad(
            "[[lane]]\nname = \"a\"\nobjective = \"diffusion-kto\"\ndivergence = \"js\"\n", 4,
            "lane.divergence", "no divergence for objective \"diffusion-kto\""),
        Bad(
            "[[lane]]\nname = \"a\"\nobjective = \"popalign\"\ndivergence = \"tv\"\n", 4,
            "lane.divergence", "finite at 0"),
        Bad(
            "[[lane]]\nname = \"a\"\nobjective = \"f-dpo\"\n", 1, "lane.divergence",
            "for objective \"f-dpo\""),
        Bad(
            "[[lane]]\nname = \"a\"\nobjective = \"f-dpo\"\ndivergence = \"chi-squared\"\n", 4,
            "lane.divergence", "finite at 0"),
        Bad(lane + "beta = 3\n", 4, "lane.beta", "no beta for objective \"sft\""),
        Bad(
            "[[lane]]\nname = \"a\"\nobjective = \"f-dpo\"\ndivergence = \"js\"\nalpha = 0.5\n", 5,
            "lane.alpha", "no alpha for divergence \"js\""),
        Bad(
            "[[lane]]\nname = \"a\"\nobjective = \"f-dpo\"\ndivergence = \"alpha\"\nalpha = 1\n", 5,
            "lane.alpha", "above 0 and below 1"),
        Bad(lane + "slope = 500\n", 4, "lane.slope", "no slope for objective \"sft\""),
        Bad(
            "[[lane]]\nname = \"a\"\nobjective = \"popalign\"\nbeta = 1\nslope = 500\n", 5,
            "lane.slope", "beta or slope, not both"),
        Bad(
            "[[lane]]\nname = \"a\"\nobjective = \"popalign\"\nslope = 1e10\n", 4, "lane.slope",
            "a positive number"),
        Bad(
            "[[lane]]\nname = \"a\"\nobjective = \"popalign\"\nslope = 0\n", 4, "lane.slope",
            "a positive number"),
        Bad(
            lane + "[[lane]]\nname = \"b\"\nobjective = \"popalign\"\nbeta = 0\n", 7, "lane.beta",
            "a number from"),
        Bad(lane + "learning_rate = \"1e-4\"\n", 4, "lane.learning_rate", "a number"),
        Bad(lane + "sft_weight = 1\n", 4, "lane.sft_weight", "no sft_weight for objective"),
        Bad(
            "[[lane]]\nname = \"a\"\nobjective = \"popalign\"\nsft_weight = -1\n", 4,
            "lane.sft_weight", "a number from 0"),
        Bad(
            lane + "safeguard = true\n", 4, "lane.safeguard",
            "no safeguard for objective \"sft\", which has no losers"),
        Bad(
            "[[lane]]\nname = \"a\"\nobjective = \"popalign\"\nsafeguard = 0.9\n", 4,
            "lane.safeguard", "which pairs no loser with a winner"),
        Bad(
            "[[lane]]\nname = \"a\"\nobjective = \"diffusion-dpo\"\nsafeguard = 1.5\n", 4,
            "lane.safeguard", "true (for 0.9), false or a number"),
        Bad(
            "[[lane]]\nname = \"a\"\nobjective = \"diffusion-dpo\"\nsafeguard = \"yes\"\n", 4,
            "lane.safeguard", "the text \"yes\""),
        Bad(lane + "warmup_steps = 1.0\n", 4, "lane.warmup_steps", "a whole number"),
        Bad(
            "lane = [{ name = \"a\", objective = \"sft\" },\n { name = \"a\", objective = \"sft\" }]",
            2, "lane.name", "first in line 1"),
        Bad("x = \"\u{0}\"\n", 1, "", "control character 0"),
        Bad("\n" + String(repeating: "a.", count: 4000) + "b = 1\n", 2, "", "too many parts"),
        Bad(String(repeating: "#\n", count: 200_000), 1, "", "bytes"),
    ]

    @Test("A mistake is reported with file, line, key and what was expected", arguments: bad)
    func mistakes(_ bad: Bad) throws {
        let error = try #require(throws: RecipeError.self) {
            try Recipe.parse(bad.text, file: "bad.toml")
        }
        #expect(error.file == "bad.toml")
        #expect(error.line == bad.line, "\(error)")
        #expect(error.key == bad.key, "\(error)")
        #expect("\(error)".contains(bad.says), "\(error)")
        #expect("\(error)".hasPrefix("bad.toml:\(bad.line): "))
    }
}
