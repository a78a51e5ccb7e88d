using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Pods.Spec;

/// <summary>Rules of a pod's volumes (core: validation.go ValidateVolumes, validateVolumeSource).</summary>
internal static class VolumeValidation
{
    private static readonly string[] HostPathTypes = ["", "DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice"];

    /// <returns>The volumes by name, for the mounts.</returns>
    public static IReadOnlyDictionary<string, JsonObject> Validate(JsonObject spec, string path, FieldErrors errors)
    {
        var volumes = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var (volume, index) in spec.Objects("volumes"))
        {
            var volumePath = $"{path}[{index}]";
            if (volume.Text("name") is { } name)
            {
                ObjectNames.ValidateLabel(name, $"{volumePath}.name", errors);
                if (!volumes.TryAdd(name, volume))
                {
                    errors.Duplicate($"{volumePath}.name", name);
                }
            }
            else
            {
                errors.Required($"{volumePath}.name");
            }

            ValidateSource(volume, volumePath, errors);
        }

        return volumes;
    }

    private static void ValidateSource(JsonObject volume, string path, FieldErrors errors)
    {
        var count = 0;
        foreach (var (type, node) in volume)
        {
            if (type == "name" || node is not JsonObject source)
            {
                continue;
            }

            if (++count > 1)
            {
                errors.Forbidden($"{path}.{type}", "may not specify more than 1 volume type");
                continue;
            }

            ValidateSource(type, source, $"{path}.{type}", errors);
        }

        if (count == 0)
        {
            errors.Required(path, "must specify a volume type");
        }
    }

    private static void ValidateSource(string type, JsonObject source, string path, FieldErrors errors)
    {
        switch (type)
        {
            case "emptyDir":
                if (source.Read("sizeLimit") is { IsNegative: true })
                {
                    errors.Forbidden($"{path}.sizeLimit", "SizeLimit field must be a valid resource quantity");
                }

                break;
            case "hostPath":
                ValidateHostPath(source, path, errors);
                break;
            case "configMap":
                Require(source, "name", path, errors);
                VolumeItemValidation.ValidateKeys(source, path, errors);
                break;
            case "secret":
                Require(source, "secretName", path, errors);
                VolumeItemValidation.ValidateKeys(source, path, errors);
                break;
            case "downwardAPI":
                VolumeItemValidation.ValidateDownward(source, path, errors);
                break;
            case "projected":
                ProjectedVolumeValidation.Validate(source, path, errors);
                break;
            case "persistentVolumeClaim":
                Require(source, "claimName", path, errors);
                break;
            case "nfs":
                Require(source, "server", path, errors);
                Require(source, "path", path, errors);
                if (source.Text("path") is { } exported && !exported.StartsWith('/'))
                {
                    errors.Invalid($"{path}.path", exported, "must be an absolute path");
                }

                break;
            case "csi":
                Require(source, "driver", path, errors);
                break;
            case "image":
                Require(source, "reference", path, errors);
                break;
        }
    }

    private static void ValidateHostPath(JsonObject source, string path, FieldErrors errors)
    {
        if (source.Text("path") is not { } hostPath)
        {
            errors.Required($"{path}.path");
            return;
        }

        if (hostPath.Split('/').Contains(".."))
        {
            errors.Invalid($"{path}.path", hostPath, "must not contain '..'");
        }

        if (!HostPathTypes.Contains(source.TextOrEmpty("type")))
        {
            errors.NotSupported($"{path}.type", source.TextOrEmpty("type"), HostPathTypes);
        }
    }

    private static void Require(JsonObject source, string field, string path, FieldErrors errors)
    {
        if (source.Text(field) is null)
        {
            errors.Required($"{path}.{field}");
        }
    }
}
