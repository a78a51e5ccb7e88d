using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Core.Pods.Spec;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.PersistentVolumes;

/// <summary>Rules of volumes (core: validation.go ValidatePersistentVolumeSpec). Of the sources that upstream keeps for old clusters only their required fields are checked.</summary>
internal static class PersistentVolumeValidation
{
    private static readonly Dictionary<string, string[]> Sources = new()
    {
        ["hostPath"] = ["path"],
        ["gcePersistentDisk"] = ["pdName"],
        ["awsElasticBlockStore"] = ["volumeID"],
        ["glusterfs"] = ["endpoints", "path"],
        ["flocker"] = [],
        ["nfs"] = ["server", "path"],
        ["rbd"] = ["image"],
        ["quobyte"] = ["registry", "volume"],
        ["cephfs"] = [],
        ["iscsi"] = ["targetPortal", "iqn"],
        ["cinder"] = ["volumeID"],
        ["fc"] = [],
        ["flexVolume"] = ["driver"],
        ["azureFile"] = ["secretName", "shareName"],
        ["vsphereVolume"] = ["volumePath"],
        ["photonPersistentDisk"] = ["pdID"],
        ["portworxVolume"] = ["volumeID"],
        ["azureDisk"] = ["diskName", "diskURI"],
        ["scaleIO"] = ["gateway", "system", "volumeName"],
        ["local"] = ["path"],
        ["storageos"] = [],
        ["csi"] = ["driver", "volumeHandle"],
    };

    /// <param name="isInline">Whether it stands in a VolumeAttachment instead of an object of its own.</param>
    public static void Validate(JsonObject? spec, string path, bool isInline, FieldErrors errors)
    {
        AccessModeValidation.Validate(spec, path, "", errors);
        if (isInline)
        {
            ValidateInline(spec, path, errors);
        }
        else
        {
            ValidateOwn(spec, path, errors);
        }

        ValidateSources(spec, path, errors);
        if (JsonTree.TryText(spec?["volumeAttributesClassName"], out var className))
        {
            if (className.Length == 0)
            {
                errors.Required($"{path}.volumeAttributesClassName", "an empty string is disallowed");
            }
            else
            {
                ObjectNames.ValidateSubdomain(className, $"{path}.volumeAttributesClassName", errors);
            }

            if (spec.Object("csi") is null)
            {
                errors.Required($"{path}.csi", "has to be specified when using volumeAttributesClassName");
            }
        }
    }

    public static void ValidateUpdate(JsonObject? spec, JsonObject? old, FieldErrors errors)
    {
        if (!Sources.Keys.All(source => JsonSemantics.AreEqual(SourceOf(spec, old, source), old?[source])))
        {
            errors.Forbidden("spec.persistentvolumesource", "spec.persistentvolumesource is immutable after creation");
        }

        spec.ValidateUnchanged(old, "volumeMode", "", errors);
        if (old?["nodeAffinity"] is not null)
        {
            spec.ValidateUnchanged(old, "nodeAffinity", "", errors);
        }

        if (old?["volumeAttributesClassName"] is not null && spec?["volumeAttributesClassName"] is null)
        {
            errors.Forbidden("spec.volumeAttributesClassName", "update from non-nil value to nil is forbidden");
        }
    }

    // The secret for growing a volume may be added later.
    private static JsonNode? SourceOf(JsonObject? spec, JsonObject? old, string source)
    {
        if (source != "csi" || old.Object("csi") is not { } before || before["controllerExpandSecretRef"] is not null || spec.Object("csi") is not { } csi)
        {
            return spec?[source];
        }

        var rest = (JsonObject)csi.DeepClone();
        rest.Remove("controllerExpandSecretRef");
        return rest;
    }

    private static void ValidateInline(JsonObject? spec, string path, FieldErrors errors)
    {
        foreach (var field in (ReadOnlySpan<string>)["claimRef", "capacity", "nodeAffinity", "storageClassName"])
        {
            if (!JsonSemantics.AreEqual(spec?[field], null))
            {
                errors.Forbidden($"{path}.{field}", "may not be specified in the context of inline volumes");
            }
        }

        if (spec.Object("csi") is null)
        {
            errors.Required($"{path}.csi", "has to be specified in the context of inline volumes");
        }

        if (spec.Text("persistentVolumeReclaimPolicy") is not (null or "Retain"))
        {
            errors.Forbidden($"{path}.persistentVolumeReclaimPolicy", "may only be Retain in the context of inline volumes");
        }

        if (spec.Text("volumeMode") is not (null or "Filesystem"))
        {
            errors.Forbidden($"{path}.volumeMode", "may not specify volumeMode other than Filesystem in the context of inline volumes");
        }
    }

    private static void ValidateOwn(JsonObject? spec, string path, FieldErrors errors)
    {
        var capacity = spec.Object("capacity");
        if (capacity is null or { Count: 0 })
        {
            errors.Required($"{path}.capacity");
        }
        else if (capacity["storage"] is null || capacity.Count > 1)
        {
            errors.NotSupported($"{path}.capacity", capacity.ToJsonString(), "storage");
        }

        foreach (var (name, value) in capacity ?? [])
        {
            if (Quantities.TryRead(value, out var size) && (size.IsNegative || size.IsZero))
            {
                errors.Invalid($"{path}.capacity[{name}]", size.ToString(), "must be greater than zero");
            }
        }

        if (spec.Text("persistentVolumeReclaimPolicy") is not (null or "Delete" or "Recycle" or "Retain") and var policy)
        {
            errors.NotSupported($"{path}.persistentVolumeReclaimPolicy", policy, "Delete", "Recycle", "Retain");
        }

        if (spec.Object("nodeAffinity") is { } affinity)
        {
            ValidateAffinity(affinity, $"{path}.nodeAffinity", errors);
        }

        if (spec.Text("storageClassName") is { } className)
        {
            ObjectNames.ValidateSubdomain(className, $"{path}.storageClassName", errors);
        }

        AccessModeValidation.ValidateVolumeMode(spec, path, errors);
    }

    private static void ValidateAffinity(JsonObject affinity, string path, FieldErrors errors)
    {
        if (affinity.Object("required") is { } required)
        {
            AffinityValidation.ValidateNodeTerms(required, $"{path}.required", errors);
        }
        else
        {
            errors.Required($"{path}.required", "must specify required node constraints");
        }
    }

    private static void ValidateSources(JsonObject? spec, string path, FieldErrors errors)
    {
        var count = 0;
        foreach (var (name, required) in Sources)
        {
            if (spec.Object(name) is not { } source)
            {
                continue;
            }

            if (++count > 1)
            {
                errors.Forbidden($"{path}.{name}", "may not specify more than 1 volume type");
                continue;
            }

            foreach (var field in required.Where(field => source.Text(field) is null))
            {
                errors.Required($"{path}.{name}.{field}");
            }

            ValidateSource(name, source, spec!, path, errors);
        }

        if (count == 0)
        {
            errors.Required(path, "must specify a volume type");
        }
    }

    private static void ValidateSource(string name, JsonObject source, JsonObject spec, string path, FieldErrors errors)
    {
        switch (name)
        {
            case "hostPath" when source.Text("path") is { } hostPath:
                if (hostPath.Split('/').Contains(".."))
                {
                    errors.Invalid($"{path}.hostPath.path", hostPath, "must not contain '..'");
                }

                if (hostPath.Trim('/').Length == 0 && spec.Text("persistentVolumeReclaimPolicy") == "Recycle")
                {
                    errors.Forbidden($"{path}.persistentVolumeReclaimPolicy", "may not be 'recycle' for a hostPath mount of '/'");
                }

                break;
            case "nfs" when source.Text("path") is { } exported && !exported.StartsWith('/'):
                errors.Invalid($"{path}.nfs.path", exported, "must be an absolute path");
                break;
            case "local":
                if (source.Text("path") is { } local && local.Split('/').Contains(".."))
                {
                    errors.Invalid($"{path}.local.path", local, "must not contain '..'");
                }

                if (spec.Object("nodeAffinity").Object("required") is null)
                {
                    errors.Required($"{path}.nodeAffinity", "Local volume requires node affinity");
                }

                break;
            case "csi" when source.Text("driver") is { } driver:
                CsiDriverNames.Validate(driver, $"{path}.csi.driver", errors);
                break;
        }
    }
}
