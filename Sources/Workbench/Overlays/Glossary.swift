/// What the words on the screen mean, for the help.
enum Glossary {
    /// Words of the panels and views, then the figures of evaluations.
    static let entries: [(String, String)] =
        words + FigureMeaning.all.map { ($0.head, $0.sentence) }

    private static let words: [(String, String)] = [
        (
            "lane",
            "One contender of the session: an objective with its constants, trained in step with "
                + "the others from the same weights, on the same batches and noise."
        ),
        (
            "base",
            "The model that all lanes start from, untouched: what it draws and whom it shows is "
                + "what alignment is measured against."
        ),
        (
            "winner, loser",
            "The two sides of a preference: pictures that should become likelier, and pictures "
                + "that should not. Here they are whole populations: the winners are balanced."
        ),
        (
            "EMA 0.9",
            "The smoothing of a curve, from 0 (none) to 0.999; the raw line stands faint behind it."
        ),
        (
            "loss",
            "What the objective minimises. Losses of different objectives have different scales: "
                + "compare their shape, and compare lanes by who appears."
        ),
        (
            "acc",
            "Implicit accuracy: the share of pairs whose winner gained more than its loser, "
                + "compared with the base. 0.5 is chance."
        ),
        (
            "win g, lose g",
            "Log-ratio to the base: above 0 the lane finds the winner (or loser) likelier than "
                + "the base does. When both fall, the lane gives up pictures altogether."
        ),
        (
            "margin",
            "How far the objective has pulled winners and losers apart, on its own scale."
        ),
        (
            "D gen, tone",
            "Discrepancy: how far the shares of genders or skin tones are from equal ones; 0 is "
                + "equal, the largest is everybody alike. Lower is fairer."
        ),
        (
            "push 50|50%",
            "How the gradient of a field is shared between making winners likelier (left number) "
                + "and losers less likely (right number)."
        ),
        (
            "displacement",
            "Likelihood displacement: the margin grows while winners become less likely, too; the "
                + "lane wins by giving both sides up."
        ),
        (
            "saturated",
            "The share of pairs on which the objective has stopped pushing: its slope is almost 0."
        ),
        (
            "capped",
            "The share of pictures so far from the base that the divergence is continued by a "
                + "straight line there."
        ),
        (
            "held out, h/o",
            "A prompt that no lane trains on: what changes there was generalised. Figures of such "
                + "prompts have held out, or h/o, before their name."
        ),
        (
            "bias, planted",
            "Who appears more often than others though the prompt names nobody. The data that the "
                + "base was trained on has such shares by design: they are the planted ones."
        ),
        (
            "fixed draws",
            "Pairs, timesteps and noise that are the same at every evaluation: figures on them "
                + "change with the lane and with nothing else."
        ),
        (
            "beta",
            "How strongly an objective pulls, as the outer scale of its margin: a larger one "
                + "reacts to smaller differences from the base, and is saturated sooner."
        ),
        (
            "kappa of a lane",
            "The inner scale of the log-ratio, beside beta, where an objective has a divergence."
        ),
        (
            "KL",
            "Kullback-Leibler divergence: how far a lane's pictures have moved from the base's. "
                + "rev-kl and fwd-kl are the two ways to take it; js lies between them."
        ),
        (
            "✓ ✗ ~",
            "A difference is better, worse, or undecided: it counts where it is larger than half "
                + "the width of its 95 % interval."
        ),
        (
            "n 14, [0.70, 0.80], ±",
            "How many prompts or pictures a figure rests on, and its 95 % interval."
        ),
        (
            "same noise",
            "Pictures in one column start from the same noise, so that they differ by what the "
                + "lane has learned and by nothing else."
        ),
        (
            "saved 2m ago",
            "How old the last checkpoint is: what happened since then would be lost in a crash."
        ),
    ]

    /// What the mouse does.
    static let mouse: [(String, String)] = [
        ("click", "A tab, a key in the last line, or a row does what its key does."),
        ("click a panel", "Focuses it; a second click gives it the whole screen."),
        ("wheel", "Scrolls lists, help and palette; goes through what a focused panel shows."),
        ("drag a border", "Press on a border between panels and let go elsewhere to move it."),
        (
            "shift + drag",
            "Selects text as terminals do (option in some): the terminal keeps shift for itself. "
                + "--no-mouse leaves the whole mouse to it."
        ),
    ]
}
