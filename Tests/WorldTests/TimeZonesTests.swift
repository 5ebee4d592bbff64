import Ledger
import Testing
import World

@Suite struct TimeZonesTests {
    @Test(arguments: ["America/New_York", "Europe/Berlin", "UTC", "+02:00", "Etc/GMT+5"])
    func `the machine's zones are known by name`(_ name: String) {
        #expect(TimeZones.ofSystem.rules(named: name)?.name == name)
    }

    @Test(arguments: [
        "", "Nowhere/City", "../../etc/passwd", "/etc/passwd", "America/", "America//New_York",
        "America/../Europe/Berlin", "America", "Europe/Berlin\u{0}", "EUROPE BERLIN", "zone.tab",
        String(repeating: "a", count: 65),
    ])
    func `anything else is none, and no other file is read`(_ name: String) {
        #expect(TimeZones.ofSystem.rules(named: name) == nil)
        let asked = TimeZones { _ in
            Issue.record("asked for a file")
            return nil
        }
        let isPath = name.contains { "./\u{0} ".contains($0) } && !name.hasPrefix("Nowhere")
        if isPath || name.isEmpty || name.utf8.count > 64 {
            #expect(asked.rules(named: name) == nil)
        }
    }
}
