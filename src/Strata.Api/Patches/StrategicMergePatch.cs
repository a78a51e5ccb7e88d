using System.Text.Json.Nodes;
using Strata.Api.Schema;

namespace Strata.Api.Patches;

/// <summary>Kubernetes' strategic merge patch: a merge patch that merges lists by key and can delete, replace and order their elements
/// (behaviour: apimachinery pkg/util/strategicpatch).</summary>
public static class StrategicMergePatch
{
    /// <summary>Applies a patch with all its directives: <c>$patch</c>, <c>$retainKeys</c>, <c>$setElementOrder</c>, <c>$deleteFromPrimitiveList</c>.
    /// Neither argument is changed.</summary>
    /// <exception cref="Errors.ApiException">BadRequest: the patch contradicts itself, or a list element lacks its merge key.</exception>
    public static JsonObject Apply(JsonObject target, JsonObject patch, SchemaType type) =>
        StrategicMerger.Merge((JsonObject)target.DeepClone(), (JsonObject)patch.DeepClone(), PatchSchema.Of(type));

    /// <summary>The patch that turns <paramref name="original"/> into <paramref name="modified"/>, as kubectl would send it. Members whose value is null count as
    /// absent. Empty when there is no difference.</summary>
    public static JsonObject Create(JsonObject original, JsonObject modified, SchemaType type) => StrategicDiff.Create(original, modified, PatchSchema.Of(type));
}
