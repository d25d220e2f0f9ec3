/// The element types of stored tensors, by their names in safetensors files.
///
/// The order of the cases is the reference implementation's: wider types come first in a file, so
/// that every tensor stays aligned.
public enum StoredType: String, Sendable, Equatable, CaseIterable {
    /// 64-bit signed integers.
    case int64 = "I64"
    /// IEEE 754 binary64.
    case float64 = "F64"
    /// IEEE 754 binary32.
    case float32 = "F32"
    /// 32-bit signed integers.
    case int32 = "I32"
    /// The upper half of a binary32.
    case bfloat16 = "BF16"
    /// IEEE 754 binary16.
    case float16 = "F16"
    /// Bytes.
    case uint8 = "U8"
    /// Truth values, a byte each.
    case bool = "BOOL"

    /// Bytes an element takes.
    public var width: Int {
        switch self {
        case .int64, .float64: 8
        case .float32, .int32: 4
        case .bfloat16, .float16: 2
        case .uint8, .bool: 1
        }
    }

    /// Whether the elements are floating-point numbers.
    public var isFloatingPoint: Bool {
        switch self {
        case .float64, .float32, .bfloat16, .float16: true
        case .int64, .int32, .uint8, .bool: false
        }
    }
}
