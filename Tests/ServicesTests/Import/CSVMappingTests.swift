import Records
import Services
import TestSupport
import Testing

/// Somebody's own columns.
struct CSVMappingTests {
    private let mapping = """
        {"columns": {"Wann": "exec_time", "Titel": "symbol", "Stück": "quantity", "Kurs": "price",
                     "Gebühr": "fee", "Art": "side"},
         "constants": {"asset_type": "EQUITY", "currency": "EUR"},
         "sides": {"Kauf": "BUY", "Verkauf": "SELL"},
         "time_format": "DD.MM.YYYY HH:mm", "time_zone": "Europe/Berlin",
         "separator": ";", "decimal_point": ",", "negative_fees": true}
        """
    private let table = """
        Wann;Titel;Art;Stück;Kurs;Gebühr;Bemerkung
        01.07.2025 09:30;SAP;Kauf;1.000;120,5;-4,90;erster
        02.01.2025 09:30; SAP ;VERKAUF;10;1.121,25;0;
        02.01.2025 09:30;SAP;VERKAUF;10;1.121,25;0;zweimal

        """

    private func options(_ mapping: String) throws -> ImportOptions {
        ImportOptions(mapping: try CSVMapping(json: Array(mapping.utf8)))
    }

    @Test func `columns, words, numbers and times are read as the mapping says`() async throws {
        try await ImportBench.run { bench in
            let options = try options(mapping)
            #expect(
                try await bench.read(table, "csv", options: options).counts == [3, 0, 0, 0, 0])
            #expect(
                try await bench.read(table, "csv", options: options).counts == [0, 3, 0, 0, 0])
            let sold = "SELL 10 SAP @ 1121.25 fee 0 EUR at 2025-01-02T08:30:00"
            #expect(
                try await bench.trades() == [
                    sold, sold, "BUY 1000 SAP @ 120.5 fee 4.9 EUR at 2025-07-01T07:30:00",
                ])
        }
    }

    @Test func `without a word for the side, the sign of the quantity tells it`() async throws {
        try await ImportBench.run { bench in
            let mapping = """
                {"columns": {"t": "exec_time", "s": "symbol", "q": "quantity", "p": "price",
                             "id": "broker_trade_id"},
                 "constants": {"asset_type": "CRYPTO", "currency": "USD"}}
                """
            let table = """
                id,t,s,q,p
                1,2026-02-19T10:00:00Z,X,-5,"1,000.50"
                2,2026-02-19T10:00:00Z,X,5,1
                3,2026-02-19T10:00:00Z,X,5,1.000.50
                4,2026-02-19 10:00:00,X,5,1
                """
            let report = try await bench.read(table, "csv", options: try options(mapping))
            #expect(
                report.reasons == [
                    "4: INVALID_FIELD price: not a number",
                    "5: INVALID_FIELD exec_time: not of the form 2026-02-19T14:32:00.123Z",
                ])
            #expect(
                try await bench.trades() == [
                    "SELL 5 X @ 1000.5 fee 0 USD at 2026-02-19T10:00:00",
                    "BUY 5 X @ 1 fee 0 USD at 2026-02-19T10:00:00",
                ])
        }
    }

    @Test func `a word for the side and a sign that disagree are refused`() async throws {
        try await ImportBench.run { bench in
            let mapping = """
                {"columns": {"t": "exec_time", "s": "symbol", "a": "side", "q": "quantity",
                             "p": "price"},
                 "constants": {"asset_type": "CRYPTO", "currency": "USD"},
                 "sides": {"Kauf": "BUY"}}
                """
            let table = """
                t,s,a,q,p
                2026-02-19T10:00:00Z,X,buy,-5,1
                2026-02-19T10:00:00Z,X,Kauf,-5,1
                2026-02-19T10:00:00Z,X,SELL,-5,1
                2026-02-19T10:00:00Z,X,sell,5,2
                """
            let report = try await bench.read(table, "csv", options: try options(mapping))
            #expect(
                report.reasons
                    == [2, 3].map {
                        "\($0): INVALID_FIELD side: is BUY, and the quantity is negative"
                    })
            #expect(
                try await bench.trades().map { $0.prefix(10) } == ["SELL 5 X @", "SELL 5 X @"])
        }
    }

    @Test func `times without a zone take the one that is named`() async throws {
        try await ImportBench.run { bench in
            let table = """
                symbol,asset_type,currency,side,quantity,price,exec_time
                X,CRYPTO,USD,BUY,1,1,2026-02-19 10:00:00
                X,CRYPTO,USD,BUY,2,1,2026-02-19T10:00:00Z
                """
            let options = ImportOptions(timeZone: "Asia/Kolkata")
            #expect(
                try await bench.read(table, "csv", options: options).counts == [2, 0, 0, 0, 0])
            #expect(
                try await bench.trades() == [
                    "BUY 1 X @ 1 fee 0 USD at 2026-02-19T04:30:00",
                    "BUY 2 X @ 1 fee 0 USD at 2026-02-19T10:00:00",
                ])
            let none = try await bench.refusal("{}", "jsonl", options: options)
            #expect(none.contains("time_zone: files of the format jsonl take none"))
        }
    }

    @Test func `a column that is not there, and a time without a zone, stop the file`()
        async throws
    {
        try await ImportBench.run { bench in
            let other = try await bench.refusal("a;b\n1;2\n", "csv", options: try options(mapping))
            #expect(other == "line 1: no column “Wann”, which the mapping takes for exec_time")
            let zoneless = mapping.replacing("\"time_zone\": \"Europe/Berlin\",", with: "")
            let refusal = try await bench.refusal(table, "csv", options: try options(zoneless))
            #expect(refusal.contains("needs a time_zone"))
        }
    }

    @Test(arguments: [
        ("", "mapping: not JSON"), ("[]", "expected an object"), ("{}", "names no column"),
        ("{\"columns\":{\"a\":\"qty\"}}", "no field qty"),
        ("{\"columns\":{\"a\":\"option\"}}", "no field option"),
        ("{\"columns\":{\"a\":\"fee\",\"b\":\"fee\"}}", "two columns for fee"),
        ("{\"columns\":{\"a\":1}}", "mapping.columns.a: expected a string"),
        ("{\"columns\":[]}", "expected an object of strings"),
        ("{\"columns\":{\"a\":\"fee\"},\"constants\":{\"fee\":\"1\"}}", "has a column too"),
        ("{\"columns\":{\"a\":\"fee\"},\"sides\":{\"x\":\"LONG\"}}", "expected BUY or SELL"),
        ("{\"columns\":{\"a\":\"fee\"},\"time_format\":\"HH:mm\"}", "year, month and day"),
        ("{\"columns\":{\"a\":\"fee\"},\"separator\":\"x\"}", "“,” or “;” or a tab"),
        ("{\"columns\":{\"a\":\"fee\"},\"decimal_point\":7}", "expected a string"),
        ("{\"columns\":{\"a\":\"fee\"},\"negative_fees\":\"yes\"}", "true or false"),
        ("{\"columns\":{\"a\":\"fee\"},\"colour\":1}", "mapping.colour: no such key"),
    ])
    func `a mapping that makes no sense is refused with its key`(
        _ text: String, _ word: String
    ) {
        let error = #expect(throws: ServiceError.self) { try CSVMapping(json: Array(text.utf8)) }
        #expect(error?.description.contains(word) == true, "\(String(describing: error))")
    }
}
