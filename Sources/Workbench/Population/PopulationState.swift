/// What the person chose in the view of the population gallery.
public struct PopulationState: Sendable, Equatable {
    /// What the view shows.
    public enum Page: Sendable, Hashable {
        /// Pictures in rows.
        case gallery
        /// One picture, how it was denoised, and the same noise elsewhere.
        case picture
        /// Histograms one below the other, a row a step.
        case ridgeline
        /// Histograms as columns of colour, a column a step.
        case heatMap
        /// Discrepancies and shares of everybody, in numbers.
        case shares
    }

    /// What pictures are shown by how sure the classifier is.
    public enum Sureness: String, CaseIterable, Sendable {
        case any = "any confidence"
        case sure = "confidence from .90"
        case fair = "confidence from .70"
        case doubtful = "confidence below .70"
    }

    /// How the pictures of a row follow each other.
    public enum Order: String, CaseIterable, Sendable {
        /// By noise: a column of the gallery shares its noise.
        case noise
        /// By class of the attribute, then by confidence.
        case attribute = "class"
        case surest = "surest first"
        case leastSure = "least sure first"
    }

    /// The page shown.
    public internal(set) var page = Page.gallery
    /// The noise of the picture under the cursor.
    public internal(set) var noise = 0
    /// Whether the cursor is in the base's row; else it is in the focused lane's.
    var isOnBase = true
    /// The focused lane when the cursor was put into the base's row: another one takes it from there.
    var laneAtBase = 0
    /// The attribute that filter, order and histograms are about.
    public internal(set) var attribute = "gender"
    /// The class shown alone; nil for all.
    public internal(set) var filter: String?
    /// The confidence of the pictures shown.
    public internal(set) var sureness = Sureness.any
    /// How pictures follow each other.
    public internal(set) var order = Order.noise
    /// Whether the cursor's row has the whole page.
    public internal(set) var isOneLane = false
    /// The rows that a picture is to have; nil fits them to the screen.
    var side: Int?
    /// The page of histograms that was looked at last.
    var historyPage = Page.ridgeline
    /// The step under the cursor of the histograms; nil is the newest.
    public internal(set) var step: Int?
    /// The prompt that was typed and that the engine has not taken or refused yet.
    var typedPrompt: String?

    /// How many pictures can be asked for at a time.
    static let counts = [4, 8, 16, 32, 64, 128]
}
