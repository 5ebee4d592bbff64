import Services
import Storage
import TestSupport
import Testing
import Web
import Wire

struct HealthTests {
    @Test(arguments: TestBackend.allCases)
    func `a server over a migrated database is alive and ready`(
        _ backend: TestBackend
    ) async throws {
        try await WebWorld.run(on: backend) { web in
            let health = try await web.client.get("/healthz")
            #expect(health.status == 200)
            #expect(health.json == ["status": "ok", "version": "1.2.3"])
            #expect(health.header("content-type") == "application/json")
            let readiness = try await web.client.get("/readyz")
            #expect(readiness.status == 200)
            #expect(readiness.json == ["status": "ready"])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a database without the newest migration is not ready, and it says so`(
        _ backend: TestBackend
    ) async throws {
        try await WebWorld.run(on: backend) { web in
            let migrator = try Migrator.blotter(web.base.database, world: web.world)
            try await migrator.down(1)
            let reply = try await web.client.get("/readyz")
            #expect(reply.status == 503)
            #expect(reply.code == "UNAVAILABLE")
            #expect(reply.json["detail"]?.string?.contains("not applied yet") == true)
            #expect(try await web.client.get("/healthz").status == 200)
            try await migrator.up()
            #expect(try await web.client.get("/readyz").status == 200)
        }
    }

    @Test func `a closed database is not ready`() async throws {
        try await WebWorld.run { web in
            await web.base.database.close()
            let reply = try await web.client.get("/readyz")
            #expect(reply.status == 503)
            #expect(reply.header("retry-after") != nil)
        }
    }

    @Test func `a port in use is an error of one line that names it`() async throws {
        try await WebWorld.run { web in
            let port = web.client.port
            let second = WebServer(
                services: web.services, version: "1", host: "127.0.0.1", port: port,
                logger: web.log.logger)
            await #expect(throws: WebServerError.portInUse(host: "127.0.0.1", port: port)) {
                try await second.run()
            }
            let text = "\(WebServerError.portInUse(host: "127.0.0.1", port: port))"
            #expect(text.contains("port \(port)") && !text.contains("\n"))
        }
    }

    @Test(arguments: ["256.0.0.1", "192.0.2.1"])
    func `an address that is not this machine's is an error of one line`(
        _ host: String
    ) async throws {
        try await WebWorld.run { web in
            let server = WebServer(
                services: web.services, version: "1", host: host, port: 0,
                logger: web.log.logger)
            let error = await #expect(throws: WebServerError.self) { try await server.run() }
            let text = error.map { "\($0)" } ?? ""
            #expect(text.contains(host) && !text.contains("\n"))
        }
    }
}
