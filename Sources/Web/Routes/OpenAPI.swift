extension Route {
    static let openAPI = Route(
        .get, "/openapi.json", .service, summary: "This description, in OpenAPI 3.1",
        answer: .json(.map(of: .any), example: #"{"openapi":"3.1.0"}"#),
        .open { call in
            Answer(call.environment.openAPI, mediaType: "application/json")
        })
}
