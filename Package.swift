// swift-tools-version: 6.0
// The target list is the architecture: a target that is not listed under `dependencies` cannot be
// imported, so this file is where "who may know whom" is decided. ARCHITECTURE.md draws it.
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// Continuous integration sets the variable; elsewhere a newer compiler's new warning stops nobody.
let checks: [SwiftSetting] =
    Context.environment["POPBENCH_WARNINGS_AS_ERRORS"] == nil
    ? [] : [.unsafeFlags(["-warnings-as-errors"])]

func layer(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict + checks)
}

func tests(
    _ name: String, _ dependencies: [Target.Dependency], data: [String] = []
) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, exclude: data, swiftSettings: strict + checks)
}

let argumentParser = Target.Dependency.product(
    name: "ArgumentParser", package: "swift-argument-parser")
let sqlite = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")

let package = Package(
    name: "popbench",
    products: [
        .executable(name: "popbench", targets: ["popbench"]),
        // The engine with the layers below it, for the package that times them.
        .library(
            name: "PopbenchEngine",
            targets: [
                "TrainingEngine", "Alignment", "BenchProtocol", "Populations", "DiffusionModels",
                "ModelStore", "NeuralLayers", "TensorCore", "CKernels",
            ]),
        // The screen with the layers below it, for the same package.
        .library(
            name: "PopbenchScreen",
            targets: ["Workbench", "TerminalKit", "Figures", "BenchProtocol"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.0.0"),
    ],
    targets: [
        // The engine's side, lowest layer first.
        .target(name: "CKernels", cSettings: [.unsafeFlags(["-O3"])]),
        layer("TensorCore", ["CKernels"]),
        layer("NeuralLayers", ["TensorCore", "CKernels"]),
        layer("ModelStore"),
        layer("DiffusionModels", ["NeuralLayers", "ModelStore", "TensorCore", "CKernels"]),
        .systemLibrary(name: "CLibPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .systemLibrary(
            name: "CFreeType", pkgConfig: "freetype2", providers: [.apt(["libfreetype-dev"])]),
        .systemLibrary(
            name: "CHarfBuzz", pkgConfig: "harfbuzz", providers: [.apt(["libharfbuzz-dev"])]),
        layer("Pictures", ["CLibPNG", "CFreeType", "CHarfBuzz"]),
        layer(
            "Populations",
            ["Pictures", "DiffusionModels", "NeuralLayers", "ModelStore", "TensorCore"]),
        layer("Alignment", ["TensorCore"]),
        layer("Metrics", ["Alignment", "TensorCore"]),
        layer(
            "TrainingEngine",
            [
                "Alignment", "Metrics", "Populations", "Pictures", "DiffusionModels", "ModelStore",
                "NeuralLayers", "TensorCore", "CKernels", "BenchProtocol", "MessageBus",
                "PlainTOML", sqlite,
            ]),

        // What both sides share.
        layer("PlainTOML"),
        layer("BenchProtocol"),
        layer("MessageBus", ["BenchProtocol"]),
        layer("EngineLink", ["MessageBus", "BenchProtocol"]),

        // The screen's side.
        // No pkgConfig here: ncursesw's feature-test flags are not allowed in a package.
        .systemLibrary(name: "CCurses", providers: [.apt(["libncurses-dev"])]),
        .target(
            name: "CTerminal", dependencies: ["CCurses"],
            linkerSettings: [.linkedLibrary("ncursesw")]),
        .systemLibrary(
            name: "CChafa", pkgConfig: "chafa",
            providers: [.apt(["libchafa-dev", "libglib2.0-dev"])]),
        layer("TerminalKit", ["CTerminal", "CChafa", "PlainTOML"]),
        layer("Workbench", ["TerminalKit", "BenchProtocol", "Figures", "PlainTOML"]),

        // Drawings for files: lines and words as SVG and PNG.
        layer("Figures", ["TerminalKit", "Pictures"]),

        // Experiments over many lanes and seeds, and what they say of claims.
        layer(
            "Studies",
            [
                "TrainingEngine", "Metrics", "Alignment", "Populations", "DiffusionModels",
                "ModelStore", "NeuralLayers", "TensorCore", "Pictures", "Figures", "TerminalKit",
                "BenchProtocol", "PlainTOML",
            ]),

        .executableTarget(
            name: "popbench",
            dependencies: [
                "Workbench", "TerminalKit", "Figures", "Studies", "EngineLink", "TrainingEngine",
                "Alignment",
                "Populations", "Pictures", "DiffusionModels", "ModelStore",
                "NeuralLayers", "TensorCore", "MessageBus", "BenchProtocol", argumentParser,
            ],
            swiftSettings: strict + checks),

        tests("TensorCoreTests", ["TensorCore", "CKernels"]),
        tests("NeuralLayersTests", ["NeuralLayers", "TensorCore", "CKernels"]),
        tests("ModelStoreTests", ["ModelStore", "TensorCore"], data: ["Fixtures"]),
        tests(
            "DiffusionModelsTests",
            ["DiffusionModels", "ModelStore", "NeuralLayers", "TensorCore"],
            data: ["Fixtures"]),
        tests("PicturesTests", ["Pictures"]),
        tests(
            "PopulationsTests",
            [
                "Populations", "Pictures", "DiffusionModels", "ModelStore", "NeuralLayers",
                "TensorCore",
            ]),
        tests("AlignmentTests", ["Alignment", "TensorCore"]),
        tests("MetricsTests", ["Metrics", "Alignment", "TensorCore"], data: ["Fixtures"]),
        tests(
            "TrainingEngineTests",
            [
                "TrainingEngine", "Alignment", "Metrics", "Populations", "Pictures",
                "DiffusionModels", "ModelStore", "NeuralLayers", "TensorCore", "BenchProtocol",
                "MessageBus", sqlite,
            ], data: ["Fixtures"]),
        tests(
            "StudiesTests",
            [
                "Studies", "TrainingEngine", "Alignment", "Populations", "Pictures", "Figures",
                "DiffusionModels", "ModelStore", "NeuralLayers", "TensorCore", "BenchProtocol",
                "TerminalKit",
            ], data: ["Golden"]),
        tests("PlainTOMLTests", ["PlainTOML"]),
        tests("BenchProtocolTests", ["BenchProtocol"]),
        tests("MessageBusTests", ["MessageBus", "BenchProtocol"]),
        tests("EngineLinkTests", ["EngineLink", "MessageBus", "BenchProtocol"]),
        tests("TerminalKitTests", ["TerminalKit"]),
        tests(
            "WorkbenchTests",
            ["Workbench", "TerminalKit", "BenchProtocol", "Figures", "Pictures"],
            data: ["Golden"]),
        tests(
            "PopbenchTests",
            [
                "popbench", "EngineLink", "TrainingEngine", "Populations", "Pictures",
                "DiffusionModels",
                "ModelStore", "NeuralLayers", "TensorCore", "MessageBus", "BenchProtocol",
                "TerminalKit",
            ], data: ["Journeys"]),
    ]
)
