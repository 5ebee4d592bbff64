extension Currency {
    /// US dollar: the base currency of accounts that name none.
    public static let usd = Currency(known: "USD")

    private init(known code: String) { self.code = code }
}
