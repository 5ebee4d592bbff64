/// A unit of money: `USD`, `USDT`, `BTC`. Codes are compared as they are written.
public struct Currency: Sendable, Hashable {
    public let code: String

    /// Nil unless the code is 1 to 16 of `A–Z a–z 0–9 . _ -`.
    public init?(_ code: String) {
        let bytes = code.utf8
        guard (1...16).contains(bytes.count), bytes.allSatisfy(Self.mayStandInCode) else {
            return nil
        }
        self.code = code
    }

    private static func mayStandInCode(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "-"):
            true
        default:
            false
        }
    }

    /// Decimals in which amounts are shown: the minor unit of ISO 4217, 8 for what it does not
    /// list or gives no minor unit.
    public var decimals: Int {
        Self.minorUnits[code] ?? 8
    }

    /// ISO 4217, with the currencies that it has withdrawn since 2020, by decimals.
    private static let minorUnits: [String: Int] = {
        let codes: [(decimals: Int, codes: String)] = [
            (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
            (
                2,
                """
                AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD \
                BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD \
                EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HRK HTG HUF IDR ILS \
                INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT \
                MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR \
                PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP \
                SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER \
                ZAR ZMW ZWG ZWL
                """
            ),
            (3, "BHD IQD JOD KWD LYD OMR TND"),
            (4, "CLF UYW"),
        ]
        var units: [String: Int] = [:]
        for (decimals, list) in codes {
            for code in list.split(separator: " ") { units[String(code)] = decimals }
        }
        return units
    }()
}

extension Currency: Comparable {
    public static func < (left: Currency, right: Currency) -> Bool {
        // ASCII alone, so this is the order of the bytes.
        left.code < right.code
    }
}

extension Currency: CustomStringConvertible {
    public var description: String { code }
}
