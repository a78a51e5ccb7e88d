using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Pods.Spec;

/// <summary>Rules of projected volumes (core: validation.go validateProjectedVolumeSource).</summary>
internal static class ProjectedVolumeValidation
{
    private static readonly string[] Types = ["secret", "configMap", "downwardAPI", "serviceAccountToken", "clusterTrustBundle", "podCertificate"];

    public static void Validate(JsonObject projected, string path, FieldErrors errors)
    {
        VolumeItemValidation.ValidateMode(projected, "defaultMode", path, errors);
        var files = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (source, index) in projected.Objects("sources"))
        {
            ValidateSource(source, $"{path}.sources[{index}]", files, errors);
        }
    }

    private static void ValidateSource(JsonObject source, string path, HashSet<string> files, FieldErrors errors)
    {
        var count = 0;
        foreach (var type in Types)
        {
            if (source.Object(type) is not { } part)
            {
                continue;
            }

            if (++count > 1)
            {
                errors.Forbidden($"{path}.{type}", "may not specify more than 1 volume type per source");
                continue;
            }

            ValidatePart(type, part, $"{path}.{type}", files, errors);
        }

        if (count == 0)
        {
            errors.Required(path, "must specify a volume type");
        }
    }

    private static void ValidatePart(string type, JsonObject part, string path, HashSet<string> files, FieldErrors errors)
    {
        switch (type)
        {
            case "secret" or "configMap":
                if (part.Text("name") is null)
                {
                    errors.Required($"{path}.name");
                }

                VolumeItemValidation.ValidateKeys(part, path, errors);
                break;
            case "downwardAPI":
                VolumeItemValidation.ValidateDownward(part, path, errors);
                break;
            case "serviceAccountToken":
                ValidateToken(part, path, errors);
                AddFile(part.Text("path"), $"{path}.path", files, errors);
                return;
        }

        foreach (var (item, index) in part.Objects("items"))
        {
            AddFile(item.Text("path"), $"{path}.items[{index}].path", files, errors);
        }
    }

    private static void ValidateToken(JsonObject token, string path, FieldErrors errors)
    {
        if (token.Number("expirationSeconds") is < 600 and var tooShort)
        {
            errors.Invalid($"{path}.expirationSeconds", tooShort, "may not specify a duration less than 10 minutes");
        }
        else if (token.Number("expirationSeconds") is > 1L << 32 and var tooLong)
        {
            errors.Invalid($"{path}.expirationSeconds", tooLong, "may not specify a duration larger than 2^32 seconds");
        }

        VolumeItemValidation.ValidatePath(token.Text("path"), $"{path}.path", errors);
    }

    private static void AddFile(string? file, string path, HashSet<string> files, FieldErrors errors)
    {
        if (file is not null && !files.Add(file))
        {
            errors.Invalid(path, file, "conflicting duplicate paths");
        }
    }
}
