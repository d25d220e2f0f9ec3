/// Where the shipped model lies.
enum Shipped {
    static func model() -> String { "models/emoji-people" }
}
