using System.Text.Json.Nodes;
using Strata.Api.Errors;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>Keys and values of ConfigMaps and Secrets (apimachinery: util/validation IsConfigMapKey).</summary>
internal static class DataKeys
{
    private const string Rule = "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

    public static void Validate(string key, string path, FieldErrors errors)
    {
        if (key.Length > 253)
        {
            errors.Invalid(path, key, "must be no more than 253 characters");
        }

        if (key.Length == 0 || key.AsSpan().IndexOfAnyExcept(KeyCharacters) >= 0)
        {
            errors.Invalid(path, key, Rule);
        }

        if (key is "." or "..")
        {
            errors.Invalid(path, key, $"must not be '{key}'");
        }
        else if (key.StartsWith("..", StringComparison.Ordinal))
        {
            errors.Invalid(path, key, "must not start with '..'");
        }
    }

    private static readonly System.Buffers.SearchValues<char> KeyCharacters =
        System.Buffers.SearchValues.Create("-._abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");

    /// <summary>How many bytes a base64 text stands for; a problem when it is not base64.</summary>
    public static int DecodedLength(string base64, string path, FieldErrors errors)
    {
        if (System.Buffers.Text.Base64.IsValid(base64, out var length))
        {
            return length;
        }

        errors.Invalid(path, "<contents redacted>", "must be base64");
        return 0;
    }

    /// <summary>Equality to the byte: unlike elsewhere an empty value differs from a missing one.</summary>
    public static bool SameData(JsonObject? left, JsonObject? right) => JsonNode.DeepEquals(left ?? [], right ?? []);
}
