import Ledger
import Records
import Services
import Wire

extension Route {
    static let campaign = Route(
        .get, "/v1/campaigns/{uid}",
        summary: "One journey with its legs",
        .authorized(.read) { call, authority in
            _ = try call.query()
            let detail = try await call.services.campaigns.detail(
                .uid(try call.segment("uid").text), for: authority)
            return Answer(CampaignAnswer(detail: detail))
        })
}

private struct CampaignAnswer: JSONWritable {
    let detail: CampaignDetail

    func writeJSON(to bytes: inout [UInt8]) {
        JSONWriter.object(to: &bytes) { answer in
            answer.object("campaign") { CampaignsAnswer.write(detail.campaign, to: &$0) }
            answer.array("legs") { list in
                for leg in detail.legs {
                    list.object { write(leg, to: &$0) }
                }
            }
            answer.object("evaluations") { evaluations in
                evaluations.write("campaign", String?.none)
                evaluations.object("legs") { _ in }
            }
            answer.array("contexts") { _ in }
        }
    }

    private func write(_ listing: CampaignLegListing, to object: inout JSONObjectWriter) {
        let leg = listing.leg
        object.write("uid", listing.uid)
        object.write("leg_type", leg.kind.rawValue)
        object.write("side", leg.side)
        object.write("quantity", leg.quantity)
        object.write("avg_price", listing.averagePrice)
        object.write("started_at", leg.startedAt)
        object.write("ended_at", leg.endedAt)
        object.write("fill_count", leg.fillCount)
    }
}
