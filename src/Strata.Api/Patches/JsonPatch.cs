using System.Text.Json.Nodes;

namespace Strata.Api.Patches;

/// <summary>JSON Patch (RFC 6902).</summary>
public static class JsonPatch
{
    public const int MaxOperations = 10_000;

    /// <summary>Applies all operations, or none. Neither argument is changed.</summary>
    /// <exception cref="Errors.ApiException">BadRequest: not a patch. Invalid: it does not fit the document. RequestEntityTooLarge: too many operations.</exception>
    public static JsonNode Apply(JsonNode target, JsonNode patch) => throw new NotSupportedException(patch.ToString() + target);
}
