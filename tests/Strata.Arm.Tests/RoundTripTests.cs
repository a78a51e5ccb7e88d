using System.Text;
using System.Text.Json.Nodes;

namespace Strata.Arm.Tests;

/// <summary>The published examples of the 2025-09-01 specification (Azure/azure-rest-api-specs, MIT) go through the types unchanged.</summary>
public sealed class RoundTripTests
{
    public static TheoryData<string> Examples => [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "testdata"), "*.json").Select(f => Path.GetFileName(f)!)];

    [Theory]
    [MemberData(nameof(Examples))]
    public void Nothing_of_a_published_example_is_lost(string file)
    {
        var example = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "testdata", file)))!;
        foreach (var body in Bodies(example))
        {
            var again = JsonNode.Parse(ArmJson.ToBytes(ArmJson.ParseContainerGroup(Encoding.UTF8.GetBytes(body.ToJsonString()))))!;
            AssertContains(body, again, file);
        }
    }

    [Fact]
    public void Secrets_are_write_only()
    {
        const string Body = """
            {"properties":{"containers":[{"name":"a","properties":{"image":"i","environmentVariables":[{"name":"S","secureValue":"hush1"}]}}],
             "volumes":[{"name":"v","secret":{"f":"hush2"}},{"name":"w","azureFile":{"shareName":"s","storageAccountKey":"hush3"}}],
             "imageRegistryCredentials":[{"server":"s","username":"u","password":"hush4"}],
             "diagnostics":{"logAnalytics":{"workspaceId":"w","workspaceKey":"hush5"}},
             "extensions":[{"name":"e","properties":{"extensionType":"t","version":"1","settings":{"open":1},"protectedSettings":{"k":"hush6"}}}]}}
            """;
        var shown = Encoding.UTF8.GetString(ArmJson.ToBytes(ArmJson.ParseContainerGroup(Encoding.UTF8.GetBytes(Body)).WithoutSecrets()));
        Assert.DoesNotContain("hush", shown, StringComparison.Ordinal);
        foreach (var kept in new[] { "\"S\"", "\"secret\":{}", "\"username\":\"u\"", "\"workspaceId\"", "\"open\":1", "\"shareName\"" })
        {
            Assert.Contains(kept, shown, StringComparison.Ordinal);
        }
    }

    private static IEnumerable<JsonNode> Bodies(JsonNode example)
    {
        if (example["parameters"]!["containerGroup"] is { } request)
        {
            yield return request;
        }

        foreach (var (_, response) in example["responses"]!.AsObject())
        {
            if (response?["body"] is not { } body)
            {
                continue;
            }

            foreach (var group in body["value"] is JsonArray list ? list.ToArray() : [body])
            {
                yield return group!;
            }
        }
    }

    private static void AssertContains(JsonNode? expected, JsonNode? actual, string path)
    {
        switch (expected)
        {
            case JsonObject members:
                foreach (var (name, value) in members)
                {
                    if (value is not null)
                    {
                        AssertContains(value, (actual as JsonObject)?[name], $"{path}/{name}");
                    }
                }

                break;
            case JsonArray items:
                Assert.Equal(items.Count, (actual as JsonArray)?.Count);
                for (var i = 0; i < items.Count; i++)
                {
                    AssertContains(items[i], actual![i], $"{path}/{i}");
                }

                break;
            default:
                var same = DateTimeOffset.TryParse(expected!.ToString(), out var time) && actual is not null && DateTimeOffset.TryParse(actual.ToString(), out var other)
                    ? time == other
                    : expected.ToJsonString() == actual?.ToJsonString() || (double.TryParse(expected.ToString(), out var left) && double.TryParse(actual?.ToString(), out var right) && left == right);
                Assert.True(same, $"{path}: {expected.ToJsonString()} became {actual?.ToJsonString()}");
                break;
        }
    }
}
