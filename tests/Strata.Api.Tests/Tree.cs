using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Json;

namespace Strata.Api.Tests;

/// <summary>JSON trees in tests.</summary>
internal static class Tree
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static JsonNode Parse(string json) => StrictJson.Parse(Encoding.UTF8.GetBytes(json), null);

    public static JsonObject Object(string json) => (JsonObject)Parse(json);

    public static void Same(string expected, JsonNode? actual) => Same(JsonNode.Parse(expected), actual);

    public static void Same(JsonNode? expected, JsonNode? actual)
    {
        if (!JsonNode.DeepEquals(expected, actual))
        {
            Assert.Equal(Show(expected), Show(actual));
            Assert.Fail("the trees differ in a way that their text does not show");
        }
    }

    private static string Show(JsonNode? node) => node?.ToJsonString(Indented) ?? "null";
}
