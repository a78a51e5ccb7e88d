using System.Text.Json.Nodes;

namespace Strata.Api.Patches;

/// <summary>JSON Merge Patch (RFC 7386).</summary>
public static class MergePatch
{
    /// <summary>Applies a patch: null removes, objects merge, everything else replaces. Neither argument is changed.</summary>
    public static JsonNode? Apply(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject members)
        {
            return patch?.DeepClone();
        }

        var result = target is JsonObject existing ? (JsonObject)existing.DeepClone() : [];
        MergeInto(result, members);
        return result;
    }

    /// <summary>The smallest patch that turns <paramref name="original"/> into <paramref name="modified"/>. Members whose value is null count as absent.</summary>
    public static JsonObject Create(JsonObject original, JsonObject modified)
    {
        var patch = new JsonObject();
        foreach (var (name, value) in modified)
        {
            original.TryGetPropertyValue(name, out var before);
            if (value is null || JsonNode.DeepEquals(before, value))
            {
                continue;
            }

            if (before is JsonObject from && value is JsonObject to)
            {
                if (Create(from, to) is { Count: > 0 } inner)
                {
                    patch[name] = inner;
                }

                continue;
            }

            patch[name] = value.DeepClone();
        }

        foreach (var (name, before) in original)
        {
            if (before is not null && (!modified.TryGetPropertyValue(name, out var value) || value is null))
            {
                patch[name] = null;
            }
        }

        return patch;
    }

    private static void MergeInto(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (value is null)
            {
                target.Remove(name);
            }
            else if (value is JsonObject members && target[name] is JsonObject inner)
            {
                MergeInto(inner, members);
            }
            else
            {
                target[name] = Apply(null, value);
            }
        }
    }
}
