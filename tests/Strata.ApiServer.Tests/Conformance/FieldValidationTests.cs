using System.Net;
using Strata.ApiServer.Tests.Server;

namespace Strata.ApiServer.Tests.Conformance;

/// <summary>Upstream's <c>test/e2e/apimachinery/field_validation.go</c> for built-in kinds.</summary>
public sealed class FieldValidationTests : IClassFixture<SharedApi>
{
    private const string Deployments = "/apis/apps/v1/namespaces/default/deployments";

    private const string Valid = """
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"checked"},"spec":{"selector":{"matchLabels":{"app":"nginx"}},
        "template":{"metadata":{"labels":{"app":"nginx"}},"spec":{"containers":[{"name":"nginx","image":"nginx:latest"}]}}}}
        """;

    private readonly TestApi _api;

    public FieldValidationTests(SharedApi shared) => _api = shared.Api;

    /// <summary>"should detect unknown and duplicate fields of a typed object".</summary>
    [Fact]
    public async Task Unknown_and_duplicate_fields_are_all_named()
    {
        const string bad = """
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"bad"},"spec":{"unknown1":"val1","unknownDupe":"valDupe","unknownDupe":"valDupe2","paused":true,"paused":false,
            "selector":{"matchLabels":{"app":"nginx"}},"template":{"metadata":{"labels":{"app":"nginx"}},"spec":{"containers":[{"name":"nginx","image":"nginx:latest","unknownNested":"val1",
            "unknownNestedDupe":"val2","unknownNestedDupe":"val3","imagePullPolicy":"Always","imagePullPolicy":"Never"}]}}}}
            """;
        string[] problems =
        [
            "unknown field \"spec.unknown1\"",
            "unknown field \"spec.unknownDupe\"",
            "duplicate field \"spec.paused\"",
            "unknown field \"spec.template.spec.containers[0].unknownNested\"",
            "unknown field \"spec.template.spec.containers[0].unknownNestedDupe\"",
            "duplicate field \"spec.template.spec.containers[0].imagePullPolicy\"",
        ];
        var refused = (await _api.PostAsync($"{Deployments}?fieldValidation=Strict", bad)).Expect(HttpStatusCode.BadRequest);
        Assert.All(problems, problem => Assert.Contains(problem, refused.Message, StringComparison.Ordinal));

        // With warnings the last of each wins.
        var warned = (await _api.PostAsync($"{Deployments}?fieldValidation=Warn", bad)).Expect(HttpStatusCode.Created);
        var warnings = warned.Headers.GetValues("Warning").Select(static text => text.Replace("\\\"", "\"", StringComparison.Ordinal)).ToList();
        Assert.All(problems, problem => Assert.Contains(warnings, warning => warning.Contains(problem, StringComparison.Ordinal)));
        Assert.Equal("Never", warned.Json["spec"]!["template"]!["spec"]!["containers"]![0]!["imagePullPolicy"]!.GetValue<string>());
        Assert.Null(warned.Json["spec"]!["unknown1"]);
        await _api.DeleteAsync($"{Deployments}/bad");

        var ignored = (await _api.PostAsync($"{Deployments}?fieldValidation=Ignore", bad)).Expect(HttpStatusCode.Created);
        Assert.False(ignored.Headers.Contains("Warning"));
        await _api.DeleteAsync($"{Deployments}/bad");
    }

    /// <summary>"should detect unknown metadata fields of a typed object".</summary>
    [Theory]
    [InlineData("POST", "application/json", "unknown field \"metadata.unknownMeta\"")]
    [InlineData("APPLY", "application/apply-patch+yaml", ".metadata.unknownMeta: field not declared in schema")]
    public async Task Unknown_fields_of_metadata_are_named(string method, string contentType, string problem)
    {
        var bad = Valid.Replace("\"name\":\"checked\"", "\"name\":\"checked\",\"unknownMeta\":\"foo\"", StringComparison.Ordinal);
        var answer = method == "POST"
            ? await _api.PostAsync($"{Deployments}?fieldValidation=Strict", bad, contentType)
            : await _api.SendAsync(HttpMethod.Patch, $"{Deployments}/checked?fieldManager=m&fieldValidation=Strict", bad, contentType);
        Assert.Contains(problem, answer.Message, StringComparison.Ordinal);
        (await _api.GetAsync($"{Deployments}/checked")).Expect(HttpStatusCode.NotFound);
    }
}
