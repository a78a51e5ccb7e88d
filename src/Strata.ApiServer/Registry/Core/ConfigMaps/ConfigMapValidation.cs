using System.Text;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.ConfigMaps;

/// <summary>What a ConfigMap may hold (core: validation.go ValidateConfigMap).</summary>
internal static class ConfigMapValidation
{
    /// <summary>All values together.</summary>
    public const int MostDataBytes = 1024 * 1024;

    public static void Validate(JsonObject target, FieldErrors errors)
    {
        var data = target.Object("data");
        var binaryData = target.Object("binaryData");
        long bytes = 0;
        foreach (var (key, value) in data.Entries())
        {
            DataKeys.Validate(key, $"data[{key}]", errors);
            if (binaryData?.ContainsKey(key) == true)
            {
                errors.Invalid($"data[{key}]", key, "duplicate of key present in binaryData");
            }

            bytes += Encoding.UTF8.GetByteCount(value);
        }

        foreach (var (key, value) in binaryData.Entries())
        {
            DataKeys.Validate(key, $"binaryData[{key}]", errors);
            bytes += DataKeys.DecodedLength(value, $"binaryData[{key}]", errors);
        }

        if (bytes > MostDataBytes)
        {
            errors.TooLong("", MostDataBytes);
        }
    }

    public static void ValidateUpdate(JsonObject target, JsonObject old, FieldErrors errors)
    {
        if (!old.IsTrue("immutable"))
        {
            return;
        }

        if (!target.IsTrue("immutable"))
        {
            errors.Forbidden("immutable", "field is immutable when `immutable` is set");
        }

        foreach (var field in (ReadOnlySpan<string>)["data", "binaryData"])
        {
            if (!DataKeys.SameData(target.Object(field), old.Object(field)))
            {
                errors.Forbidden(field, "field is immutable when `immutable` is set");
            }
        }
    }
}
