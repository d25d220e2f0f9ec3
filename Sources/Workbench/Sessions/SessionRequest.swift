/// What the screen wants done with sessions; somebody else does it and answers with `SessionNews`.
public enum SessionRequest: Sendable, Equatable {
    /// Look what there is.
    case list
    /// Read a session's recipe and checkpoints, to fork it; a lane to begin with, if any.
    case prepareFork(session: String, lane: String?)
    /// Read a recipe by name, to make a session of it.
    case readRecipe(name: String)
    /// Read a session's recipe, to change it.
    case readSession(path: String)
    /// Say what is wrong with a draft.
    case check(RecipeDraft)
    /// Make the session that a draft describes.
    case make(RecipeDraft)
    /// Keep a draft's recipe under a name.
    case saveRecipe(name: String, text: String)
    /// Give a session another name.
    case rename(path: String, to: String)
    /// Replace a session's note.
    case note(path: String, text: String)
    /// Replace a session's tags.
    case tag(path: String, tags: [String])
    /// Move a session to the trash.
    case trash(path: String)
    /// Bring a deleted session back.
    case restore(path: String)
    /// Write a session's curves, evaluations and recipe to a folder, or to an archive.
    case export(path: String, archive: Bool)
}

/// What came of a request.
public enum SessionNews: Sendable, Equatable {
    /// Everything that there is.
    case shelf(SessionShelfContents)
    /// A recipe to fill in.
    case sheet(RecipeSheet)
    /// What is wrong with the draft of that number; nil when nothing is.
    case checked(ticket: Int, RecipeProblem?)
    /// The session that a draft described is there; what should be known of it.
    case made(SessionPlace, remarks: [String])
    /// A draft could not become a session.
    case notMade(RecipeProblem)
    /// A session lies in the trash now.
    case trashed(TrashedCard)
    /// Something was done; what, in words.
    case done(String)
    /// Something could not be done; why.
    case failed(String)
}

/// All sessions, deleted sessions and recipes.
public struct SessionShelfContents: Sendable, Equatable {
    /// The folder that new sessions come into.
    public var folder: String
    /// The sessions, the one saved last first.
    public var cards: [SessionCard]
    /// The deleted ones, the newest first.
    public var trash: [TrashedCard]
    /// The recipes by name.
    public var recipes: [RecipeChoice]

    /// Contents with every field given.
    public init(
        folder: String, cards: [SessionCard], trash: [TrashedCard] = [],
        recipes: [RecipeChoice] = []
    ) {
        self.folder = folder
        self.cards = cards
        self.trash = trash
        self.recipes = recipes
    }
}

/// What is wrong with a recipe, a name or a fork.
public struct RecipeProblem: Sendable, Equatable {
    /// The line of the draft's text, from 1; nil where no line is to blame.
    public var line: Int?
    /// Whether the session's name is to blame.
    public var isName: Bool
    /// What is wrong, in words.
    public var message: String
    /// The key to blame, its section in front, as `lane.beta`; nil where only the line is known.
    public var key: String?
    /// What should stand there; nil where that depends on the key alone.
    public var expected: String?

    /// A problem with every field given.
    public init(
        line: Int? = nil, isName: Bool = false, message: String, key: String? = nil,
        expected: String? = nil
    ) {
        self.line = line
        self.isName = isName
        self.message = message
        self.key = key
        self.expected = expected
    }
}

/// A session to be: its recipe as text, and what it is forked from, if anything.
public struct RecipeDraft: Sendable, Equatable {
    /// Tells answers apart: the newest draft has the highest.
    public var ticket: Int
    /// The session's name.
    public var name: String
    /// The recipe.
    public var text: String
    /// The session to fork; nil for one that begins with its recipe.
    public var source: String?
    /// The checkpoint to fork at; 0 is the base model.
    public var step: Int
    /// Lanes that come from a lane of another name: theirs by the new name.
    public var origins: [String: String]

    /// A draft with every field given.
    public init(
        ticket: Int, name: String, text: String, source: String? = nil, step: Int = 0,
        origins: [String: String] = [:]
    ) {
        self.ticket = ticket
        self.name = name
        self.text = text
        self.source = source
        self.step = step
        self.origins = origins
    }
}
