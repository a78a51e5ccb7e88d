using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Secrets;

/// <summary>Keys, size and what each type promises (core: validation.go ValidateSecret).</summary>
internal static class SecretValidation
{
    /// <summary>All values together.</summary>
    public const int MostDataBytes = 1024 * 1024;

    private const string ServiceAccountNameAnnotation = "kubernetes.io/service-account.name";

    public static void Validate(JsonObject target, FieldErrors errors)
    {
        var data = target.Object("data");
        long bytes = 0;
        foreach (var (key, value) in data.Entries())
        {
            DataKeys.Validate(key, $"data[{key}]", errors);
            bytes += DataKeys.DecodedLength(value, $"data[{key}]", errors);
        }

        if (bytes > MostDataBytes)
        {
            errors.TooLong("data", MostDataBytes);
        }

        ValidateType(target, data, errors);
    }

    public static void ValidateUpdate(JsonObject target, JsonObject old, FieldErrors errors)
    {
        if (target.Text("type") != old.Text("type"))
        {
            errors.Invalid("type", target.TextOrEmpty("type"), "field is immutable");
        }

        if (!old.IsTrue("immutable"))
        {
            return;
        }

        if (!target.IsTrue("immutable"))
        {
            errors.Forbidden("immutable", "field is immutable when `immutable` is set");
        }

        if (!DataKeys.SameData(target.Object("data"), old.Object("data")))
        {
            errors.Forbidden("data", "field is immutable when `immutable` is set");
        }
    }

    private static void ValidateType(JsonObject target, JsonObject? data, FieldErrors errors)
    {
        switch (target.Text("type"))
        {
            case "kubernetes.io/service-account-token":
                if (target.Object("metadata").Object("annotations").Text(ServiceAccountNameAnnotation) is null)
                {
                    errors.Required($"metadata.annotations[{ServiceAccountNameAnnotation}]");
                }

                break;
            case "kubernetes.io/dockercfg":
                ValidateJson(data, ".dockercfg", errors);
                break;
            case "kubernetes.io/dockerconfigjson":
                ValidateJson(data, ".dockerconfigjson", errors);
                break;
            case "kubernetes.io/basic-auth":
                // Either is enough: a token often stands alone.
                if (!Has(data, "username") && !Has(data, "password"))
                {
                    errors.Required("data[username]");
                    errors.Required("data[password]");
                }

                break;
            case "kubernetes.io/ssh-auth":
                Require(data, "ssh-privatekey", errors);
                break;
            case "kubernetes.io/tls":
                Require(data, "tls.crt", errors);
                Require(data, "tls.key", errors);
                break;
        }
    }

    private static bool Has(JsonObject? data, string key) => data?.ContainsKey(key) == true;

    private static void Require(JsonObject? data, string key, FieldErrors errors)
    {
        if (!Has(data, key))
        {
            errors.Required($"data[{key}]");
        }
    }

    private static void ValidateJson(JsonObject? data, string key, FieldErrors errors)
    {
        if (!Has(data, key))
        {
            errors.Required($"data[{key}]");
            return;
        }

        try
        {
            using var document = JsonDocument.Parse(Convert.FromBase64String(data.TextOrEmpty(key)));
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            // The message of the parser would quote the secret.
            errors.Invalid($"data[{key}]", "<secret contents redacted>", "must be valid JSON");
        }
    }
}
