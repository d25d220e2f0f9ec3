import Pictures

/// Pictures from [n, height, width, 3] floats in [-1, 1].
public func pixelsToPictures(_ pixels: [Float], _ size: (height: Int, width: Int)) -> [Picture] {
    let count = size.height * size.width * 3
    return stride(from: 0, to: pixels.count, by: count).map { start in
        Picture(
            width: size.width, height: size.height,
            rgb: pixels[start..<(start + count)].map { value in
                UInt8(max(0, min(255, ((value + 1) * 127.5).rounded())))
            })
    }
}

/// [n, height, width, 3] floats in [-1, 1] from pictures.
public func picturesToPixels(_ pictures: [Picture]) -> [Float] {
    pictures.flatMap { $0.rgb.map { Float($0) / 127.5 - 1 } }
}
