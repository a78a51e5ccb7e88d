using System.Text.Json.Nodes;
using Strata.Api.Errors;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>What an update may not do to a field (core: validation.go ValidateImmutableField, IsDecremented).</summary>
internal static class UpdateRules
{
    public static void ValidateUnchanged(this JsonObject? target, JsonObject? old, string field, string path, FieldErrors errors)
    {
        if (!JsonSemantics.AreEqual(target, old, field))
        {
            errors.Invalid(path.Length == 0 ? field : $"{path}.{field}", target?[field]?.DeepClone(), "field is immutable");
        }
    }

    public static void ValidateNotDecremented(this JsonObject? target, JsonObject? old, string field, string path, FieldErrors errors)
    {
        if (old.Number(field) is { } before && (target.Number(field) ?? 0) is var now && (target.Number(field) is null || now < before))
        {
            errors.Invalid($"{path}.{field}", now, "cannot be decremented");
        }
    }
}
