public import Ledger

/// How the paper exchange charges and how kindly it trades. The same settings and the same input
/// give the same events.
public struct PaperSettings: Sendable, Hashable {
    /// How much worse than quoted an order trades, in basis points (hundredths of a percent) of
    /// the quoted price, 0 and below 10,000. Never takes an order beyond its limit.
    public var slippageBasisPoints: Decimal
    /// Of what has no fees of its own.
    public var fees: PaperFees
    public var feesByAssetType: [AssetType: PaperFees]
    /// A quote that is older is no quote; nil where a quote holds until its market closes.
    public var longestQuoteAgeSeconds: Int64?
    /// Orders that have ended are remembered until as many have ended after them, at least one:
    /// until then their uids are known. The service asks for an order only as long as it has not
    /// heard of its end, so far fewer would do.
    public var rememberedOrders: Int

    public init(
        slippageBasisPoints: Decimal = .zero, fees: PaperFees = PaperFees(),
        feesByAssetType: [AssetType: PaperFees] = [:], longestQuoteAgeSeconds: Int64? = nil,
        rememberedOrders: Int = 100_000
    ) {
        self.slippageBasisPoints = slippageBasisPoints
        self.fees = fees
        self.feesByAssetType = feesByAssetType
        self.longestQuoteAgeSeconds = longestQuoteAgeSeconds
        self.rememberedOrders = rememberedOrders
    }

    /// What one fill would be charged, in the instrument's currency; nil where it does not fit.
    public func fee(
        of instrument: Instrument, _ quantity: Decimal, at price: Decimal
    ) -> Decimal? {
        do throws(LedgerError) {
            return try fees(of: instrument).fee(
                notional: instrument.notional(of: quantity, at: price), quantity: quantity)
        } catch {
            return nil
        }
    }

    func fees(of instrument: Instrument) -> PaperFees {
        feesByAssetType[instrument.assetType] ?? fees
    }
}

/// What each fill costs, in the instrument's currency. Nothing, as it stands.
public struct PaperFees: Sendable, Hashable {
    /// Of the fill's notional: 0.1 is 0.1 %. Below zero for a rebate.
    public var percent: Decimal
    /// Money for one unit of quantity.
    public var perUnit: Decimal
    /// Of each fill that costs less than this; nil where there is none.
    public var minimum: Decimal?

    public init(percent: Decimal = .zero, perUnit: Decimal = .zero, minimum: Decimal? = nil) {
        self.percent = percent
        self.perUnit = perUnit
        self.minimum = minimum
    }

    /// percent / 100 × |notional| + per unit × quantity, to 8 decimals, at least the minimum.
    func fee(notional: Decimal, quantity: Decimal) throws(LedgerError) -> Decimal {
        let share = try (notional.magnitude * percent).divided(by: 100)
        let fee = try share + quantity * perUnit
        return max(fee.rounded(decimals: 8), minimum ?? fee.rounded(decimals: 8))
    }
}
