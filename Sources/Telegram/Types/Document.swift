/// A file that somebody sent; only its description comes with the message.
public struct Document: Sendable, Hashable, Codable {
    /// By which this bot, and no other, can fetch it.
    public let fileID: String
    public let name: String?
    public let sizeBytes: Int64?

    enum CodingKeys: String, CodingKey {
        case fileID = "file_id"
        case name = "file_name"
        case sizeBytes = "file_size"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        fileID = try container.decode(String.self, forKey: .fileID)
        name = container.decodeLeniently(.name)
        sizeBytes = container.decodeLeniently(.sizeBytes)
    }
}
