using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Strata.ApiServer.Tests.Fuzz;

/// <summary>Input that is small enough to be taken and made to cost more than it is worth. The deadline of <see cref="FuzzedServer"/> is the test.</summary>
public sealed class LargeInputTests
{
    private const int Many = 5_000;
    private const string Map = "/api/v1/namespaces/default/configmaps";

    [Fact]
    public async Task A_list_or_map_of_any_kind_may_be_long()
    {
        await using var server = await FuzzedServer.StartAsync();
        foreach (var seed in server.Seeds)
        {
            var containers = Containers(seed.Body).Count();
            for (var index = 0; index < containers; index++)
            {
                var body = (JsonObject)seed.Body.DeepClone();
                body["metadata"]!["name"] = "long";
                Grow(Containers(body).ElementAt(index));
                await server.SendAsync(seed.Strategy.Kind.Kind, "POST", seed.Collection + "?dryRun=All", Encoding.UTF8.GetBytes(body.ToJsonString()), "application/json");
            }
        }

        Assert.True(server.Refused > 20 && server.Accepted > 5, $"accepted {server.Accepted}, refused {server.Refused}");
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/yaml")]
    public async Task Members_may_be_unknown_or_repeated_a_hundred_thousand_times(string contentType)
    {
        await using var server = await FuzzedServer.StartAsync();
        var unknown = string.Join(',', Enumerable.Range(0, 100_000).Select(static index => $"\"u{index}\": 1"));
        var repeated = string.Join(',', Enumerable.Range(0, 100_000).Select(static index => $"\"u{index / 2}\": 1"));
        foreach (var validation in (string[])["Strict", "Warn", "Ignore"])
        {
            foreach (var members in (string[])[unknown, repeated])
            {
                var body = Encoding.UTF8.GetBytes($$"""{"metadata": {"name": "many"}, {{members}}}""");
                var code = await server.SendAsync(validation, "POST", $"{Map}?dryRun=All&fieldValidation={validation}", body, contentType);
                Assert.Equal(validation == "Strict" ? 400 : 201, code);
            }
        }
    }

    [Fact]
    public async Task What_grows_by_itself_is_stopped()
    {
        await using var server = await FuzzedServer.StartAsync();
        var laughs = new StringBuilder("metadata: {name: x}\na0: &a0 [x, x]\n");
        for (var level = 1; level < 40; level++)
        {
            laughs.Append(CultureInfo.InvariantCulture, $"a{level}: &a{level} [*a{level - 1}, *a{level - 1}, *a{level - 1}]\n");
        }

        Assert.Equal(400, await server.SendAsync("aliases", "POST", Map, Encoding.UTF8.GetBytes(laughs.ToString()), "application/yaml"));

        var copies = Enumerable.Range(0, 40).Select(static level => $$"""{"op":"copy","from":"/metadata","path":"/metadata/m{{level}}"}""");
        var code = await server.SendAsync("copies", "PATCH", $"{Map}/a", Encoding.UTF8.GetBytes($"[{string.Join(',', copies)}]"), "application/json-patch+json");
        Assert.InRange(code, 400, 422);

        var deep = new string('[', 100_000) + new string(']', 100_000);
        Assert.Equal(400, await server.SendAsync("deep json", "POST", Map, Encoding.UTF8.GetBytes(deep), "application/json"));
        Assert.Equal(400, await server.SendAsync("deep yaml", "POST", Map, Encoding.UTF8.GetBytes("a: " + deep), "application/yaml"));
        var selector = string.Join(',', Enumerable.Range(0, 1000).Select(static index => $"k{index}"));
        Assert.Equal(200, await server.SendAsync("selector", "GET", $"{Map}?labelSelector={Uri.EscapeDataString(selector)}"));
    }

    // Every list and object in the tree that has something to repeat, in document order.
    private static IEnumerable<JsonNode> Containers(JsonNode node)
    {
        var children = node is JsonObject members ? members.Select(static member => member.Value).ToList() : node is JsonArray items ? [.. items] : [];
        return children.Count == 0 ? [] : children.Where(static child => child is JsonObject or JsonArray).SelectMany(static child => Containers(child!)).Prepend(node);
    }

    private static void Grow(JsonNode container)
    {
        if (container is JsonArray items)
        {
            var first = items[0];
            for (var index = 0; index < Many; index++)
            {
                var item = first?.DeepClone();
                if (item is JsonObject target && target["name"] is JsonValue)
                {
                    target["name"] = "n" + index.ToString(CultureInfo.InvariantCulture);
                }

                items.Add(item);
            }
        }
        else if (container is JsonObject members)
        {
            var first = members.FirstOrDefault().Value;
            for (var index = 0; index < Many; index++)
            {
                members["k" + index.ToString(CultureInfo.InvariantCulture)] = first?.DeepClone();
            }
        }
    }
}
