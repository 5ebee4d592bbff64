import Services

extension Command {
    static let resume = Command(
        "resume", "Let trading go on that was stopped; what a policy stopped, an admin resumes",
        arguments: "[@username] [portfolio] [strategy NAME]", example: "/resume main",
        body: .approved { request, caller in
            let words = try StopWords(request.arguments, takesState: false)
            let risk = request.services.risk
            let outcome =
                if let user = words.user {
                    try await risk.resume(
                        words.target, of: try await request.member(user, caller),
                        by: try caller.stillAdministrator(), update: request.update)
                } else {
                    try await risk.resume(words.target, for: caller, update: request.update)
                }
            return try outcome.screen(request, caller)
        })
}
