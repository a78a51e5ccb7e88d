using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Storage;

/// <summary>Rules that the classes share (storage: validation.go validateProvisioner, validateParameters).</summary>
internal static class ClassRules
{
    private const int MostParameters = 512;
    private const int MostParameterBytes = 256 * 1024;

    public static void ValidateProvisioner(string name, string path, FieldErrors errors)
    {
        if (name.Length == 0)
        {
            errors.Required(path);
        }
        else
        {
            QualifiedNames.Validate(name.ToLowerInvariant(), path, errors);
        }
    }

    public static void ValidateParameters(JsonObject? parameters, bool mayBeEmpty, FieldErrors errors)
    {
        if (parameters is { Count: > MostParameters })
        {
            errors.TooLong("parameters", MostParameters);
            return;
        }

        var size = 0;
        foreach (var (key, value) in parameters.Entries())
        {
            if (key.Length == 0)
            {
                errors.Invalid("parameters", key, "field can not be empty.");
            }

            size += Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(value);
        }

        if (size > MostParameterBytes)
        {
            errors.TooLong("parameters", MostParameterBytes);
        }

        if (!mayBeEmpty && parameters.Entries().FirstOrDefault().Key is null)
        {
            errors.Required("parameters", "must contain at least one key/value pair");
        }
    }

    /// <summary>Refuses a change of a field in the words of classes.</summary>
    public static void ForbidChange(JsonObject target, JsonObject old, string field, FieldErrors errors)
    {
        if (!JsonSemantics.AreEqual(target, old, field))
        {
            errors.Forbidden(field, $"updates to {field} are forbidden.");
        }
    }

    /// <summary>Name of a class, marked when it is the default.</summary>
    public static string Name(JsonElement source, ReadOnlySpan<byte> annotation) =>
        source.Get("metadata"u8, "annotations"u8).Text(annotation) == "true" ? $"{TableColumn.NameOf(source)} (default)" : TableColumn.NameOf(source);
}
