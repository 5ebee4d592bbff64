extension Timestamp {
    /// The first instant of the year 1: the first that can be stored.
    public static let distantPast = Timestamp(microseconds: -62_135_596_800_000_000)
    /// The last microsecond of the year 9999.
    public static let distantFuture = Timestamp(microseconds: 253_402_300_799_999_999)
}

extension Day {
    /// The first day of the year 1.
    public static let distantPast = Timestamp.distantPast.day
}
