using System.Text.Json.Nodes;
using Strata.Api.Schema;

namespace Strata.Api.Patches;

/// <summary>Kubernetes' strategic merge patch.</summary>
public static class StrategicMergePatch
{
    /// <summary>Applies a patch. Neither argument is changed.</summary>
    /// <exception cref="Errors.ApiException">BadRequest: the patch contradicts itself or the schema.</exception>
    public static JsonObject Apply(JsonObject target, JsonObject patch, SchemaType type) => throw new NotSupportedException(patch.ToString() + target + type);

    /// <summary>The patch that turns <paramref name="original"/> into <paramref name="modified"/>, as kubectl would send it.</summary>
    public static JsonObject Create(JsonObject original, JsonObject modified, SchemaType type) => throw new NotSupportedException(modified.ToString() + original + type);
}
