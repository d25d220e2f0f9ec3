// swift-tools-version: 6.0
// A package of its own, so that users of popbench never build it.
import PackageDescription

let package = Package(
    name: "Benchmarks",
    dependencies: [.package(name: "popbench", path: "..")],
    targets: [
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                .product(name: "PopbenchEngine", package: "popbench"),
                .product(name: "PopbenchScreen", package: "popbench"),
            ])
    ]
)
