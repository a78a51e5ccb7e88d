using System.Text.Json.Nodes;
using Strata.ApiServer.Registry.Core.ConfigMaps;
using Strata.ApiServer.Registry.Core.Secrets;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Tests.Registry.Core;

public sealed class DataTests
{
    private static readonly ConfigMapStrategy ConfigMaps = new();
    private static readonly SecretStrategy Secrets = new();

    public static TheoryData<string, string> SecretProblem => new()
    {
        { "data: {a/b: ''}", "data[a/b]: Invalid value: \"a/b\": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')" },
        { "data: {a: '***'}", "data[a]: Invalid value: \"<contents redacted>\": must be base64" },
        { "type: kubernetes.io/tls, stringData: {tls.crt: a}", "data[tls.key]: Required value" },
        { "type: kubernetes.io/dockerconfigjson, stringData: {.dockerconfigjson: 'nope'}", "data[.dockerconfigjson]: Invalid value: \"<secret contents redacted>\": must be valid JSON" },
        { "type: kubernetes.io/dockerconfigjson", "data[.dockerconfigjson]: Required value" },
        { "type: kubernetes.io/ssh-auth", "data[ssh-privatekey]: Required value" },
        { "type: kubernetes.io/service-account-token", "metadata.annotations[kubernetes.io/service-account.name]: Required value" },
    };

    [Theory]
    [MemberData(nameof(SecretProblem))]
    public void A_secret_with_one_problem_is_told_exactly_that(string fields, string problem) =>
        Assert.Equal([problem], Rules.Create(Secrets, Rules.Yaml($"{{metadata: {{name: s}}, {fields}}}")));

    [Theory]
    [InlineData("type: kubernetes.io/basic-auth, stringData: {password: x}")]
    [InlineData("type: kubernetes.io/dockerconfigjson, stringData: {.dockerconfigjson: '{}'}")]
    [InlineData("type: example.com/own, data: {..a..: ''}")]
    public void Secrets_that_keep_their_types_promise_are_valid(string fields) =>
        Assert.DoesNotContain(Rules.Create(Secrets, Rules.Yaml($"{{metadata: {{name: s}}, {fields}}}")), static problem => !problem.Contains("..a..", StringComparison.Ordinal));

    [Fact]
    public void Texts_are_merged_into_the_data_and_never_come_back()
    {
        var secret = Rules.Prepared(Secrets, Rules.Yaml("{metadata: {name: s}, data: {a: AA==, b: AA==}, stringData: {a: hello}}"));
        Assert.Equal("Opaque", secret.Text("type"));
        Assert.Equal("""{"a":"aGVsbG8=","b":"AA=="}""", secret["data"]!.ToJsonString());
        Assert.False(secret.ContainsKey("stringData"));
    }

    [Fact]
    public void A_secret_keeps_its_type()
    {
        var old = Rules.Prepared(Secrets, Rules.Yaml("{metadata: {name: s}}"));
        var changed = old.Copy();
        changed["type"] = "example.com/other";
        Assert.Equal(["type: Invalid value: \"example.com/other\": field is immutable"], Rules.Update(Secrets, changed, old));
    }

    [Fact]
    public void What_is_immutable_stays_as_it_is()
    {
        foreach (var strategy in (ResourceStrategy[])[ConfigMaps, Secrets])
        {
            var old = Rules.Prepared(strategy, Rules.Yaml("{metadata: {name: s}, immutable: true, data: {a: AA==}}"));
            var changed = old.Copy();
            changed.Remove("immutable");
            changed.Ensure("data")["b"] = "";
            Assert.Equal(
                ["immutable: Forbidden: field is immutable when `immutable` is set", "data: Forbidden: field is immutable when `immutable` is set"],
                Rules.Update(strategy, changed, old));

            var labelled = old.Copy();
            labelled.Metadata()["labels"] = new JsonObject { ["a"] = "b" };
            Assert.Empty(Rules.Update(strategy, labelled, old));
        }
    }

    [Fact]
    public void A_megabyte_is_the_most()
    {
        var most = new string('a', ConfigMapValidation.MostDataBytes);
        var map = new JsonObject { ["metadata"] = new JsonObject { ["name"] = "c" }, ["data"] = new JsonObject { ["a"] = most } };
        Assert.Empty(Rules.Create(ConfigMaps, map.Copy()));
        map.Object("data")!["b"] = "a";
        Assert.Equal([": Too long: may not be more than 1048576 bytes"], Rules.Create(ConfigMaps, map));
    }

    [Theory]
    [InlineData("data: {'': x}")]
    [InlineData("data: {'.': x}")]
    [InlineData("data: {..x: x}")]
    [InlineData("data: {a: x}, binaryData: {a: AA==}")]
    [InlineData("binaryData: {a: '?'}")]
    public void Bad_keys_and_values_of_a_config_map_are_refused(string fields) =>
        Assert.Single(Rules.Create(ConfigMaps, Rules.Yaml($"{{metadata: {{name: c}}, {fields}}}")));
}
