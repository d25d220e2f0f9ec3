import Pictures

/// Pictures from [n, height, width, 3] floats in [-1, 1].
public func pixelsToPictures(_ pixels: [Float], _ size: (height: Int, width: Int)) -> [Picture] {
    let count = size.height * size.width * 3
    return stride(from: 0, to: pixels.count, by: count).map { start in
        Picture(
            width: size.width, height: size.height,
            signedUnit: Array(pixels[start..<(start + count)]))
    }
}
