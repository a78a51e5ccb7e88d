using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Core.PersistentVolumes;
using Strata.ApiServer.Registry.Core.Pods.Spec;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.PersistentVolumeClaims;

/// <summary>Rules of claims (core: validation.go ValidatePersistentVolumeClaimSpec, ValidatePersistentVolumeClaimUpdate).</summary>
internal static class PersistentVolumeClaimValidation
{
    private const string ClassAnnotation = "volume.beta.kubernetes.io/storage-class";

    public static void ValidateSpec(JsonObject? spec, string path, FieldErrors errors)
    {
        AccessModeValidation.Validate(spec, path, "at least 1 access mode is required", errors);
        LabelSelectorValidation.Validate(spec.Object("selector"), $"{path}.selector", errors);
        ValidateSize(spec.Object("resources").Object("requests")?["storage"], $"{path}.resources[storage]", errors);
        foreach (var field in (ReadOnlySpan<string>)["storageClassName", "volumeAttributesClassName"])
        {
            if (spec.Text(field) is { } className)
            {
                ObjectNames.ValidateSubdomain(className, $"{path}.{field}", errors);
            }
        }

        AccessModeValidation.ValidateVolumeMode(spec, path, errors);
        ValidateSources(spec, path, errors);
    }

    public static void ValidateUpdate(JsonObject target, JsonObject old, FieldErrors errors)
    {
        var spec = target.Object("spec");
        var oldSpec = old.Object("spec");
        if (!JsonSemantics.AreEqual(FixedPart(spec, oldSpec, old), oldSpec))
        {
            errors.Forbidden("spec", "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims");
        }

        // A growth that has failed may be taken back down to what there is (KEP-1790).
        var size = spec.Object("resources").Object("requests").Read("storage");
        var oldSize = oldSpec.Object("resources").Object("requests").Read("storage");
        if (size < oldSize && old.Object("status").Object("capacity").Read("storage") is { } actual && size <= actual)
        {
            errors.Forbidden("spec.resources.requests.storage", "field can not be less than status.capacity");
        }

        spec.ValidateUnchanged(oldSpec, "volumeMode", "", errors);
        if (JsonTree.TryText(oldSpec?["volumeAttributesClassName"], out _) && spec.Text("volumeAttributesClassName") is null)
        {
            errors.Forbidden(
                "spec.volumeAttributesClassName", $"update from non-nil value to {(spec?["volumeAttributesClassName"] is null ? "nil" : "an empty string")} is forbidden");
        }
    }

    // The new spec with everything that may change as it was.
    private static JsonObject FixedPart(JsonObject? spec, JsonObject? oldSpec, JsonObject old)
    {
        var fixedPart = spec?.DeepClone() as JsonObject ?? [];
        if (oldSpec.Text("volumeName") is null)
        {
            fixedPart.Remove("volumeName");
        }

        // A claim from before there was a default class may be given one.
        var annotation = old.Object("metadata").Object("annotations").Text(ClassAnnotation);
        if (oldSpec?["storageClassName"] is null && (annotation is null || annotation == spec.Text("storageClassName")))
        {
            fixedPart.Remove("storageClassName");
        }

        if (old.Object("status").Text("phase") == "Bound" && fixedPart.Object("resources").Object("requests") is { } requests)
        {
            requests.Restore(oldSpec.Object("resources").Object("requests"), "storage");
        }

        fixedPart.Restore(oldSpec, "volumeAttributesClassName");
        return fixedPart;
    }

    private static void ValidateSize(JsonNode? size, string path, FieldErrors errors)
    {
        if (size is null)
        {
            errors.Required(path);
        }
        else if (Quantities.TryRead(size, out var quantity) && (quantity.IsNegative || quantity.IsZero))
        {
            errors.Invalid(path, quantity.ToString(), "must be greater than zero");
        }
    }

    private static void ValidateSources(JsonObject? spec, string path, FieldErrors errors)
    {
        var source = spec.Object("dataSource");
        var reference = spec.Object("dataSourceRef");
        ValidateSource(source, $"{path}.dataSource", errors);
        ValidateSource(reference, $"{path}.dataSourceRef", errors);
        if (reference.Text("namespace") is { } namespaceName)
        {
            ObjectNames.ValidateLabel(namespaceName, $"{path}.dataSourceRef.namespace", errors);
            if (source is not null)
            {
                errors.Invalid(path, $"{path}.dataSource", "may not be specified when dataSourceRef.namespace is specified");
            }
        }
        else if (source is not null && reference is not null && !JsonSemantics.AreEqual(source, reference))
        {
            errors.Invalid(path, $"{path}.dataSource", "must match dataSourceRef");
        }
    }

    private static void ValidateSource(JsonObject? source, string path, FieldErrors errors)
    {
        if (source is null)
        {
            return;
        }

        foreach (var field in (ReadOnlySpan<string>)["name", "kind"])
        {
            if (source.Text(field) is null)
            {
                errors.Required($"{path}.{field}");
            }
        }

        if (source.Text("apiGroup") is { } group)
        {
            ObjectNames.ValidateSubdomain(group, $"{path}.apiGroup", errors);
        }
        else if (source.Text("kind") != "PersistentVolumeClaim")
        {
            errors.Invalid(path, source.TextOrEmpty("kind"), "must be 'PersistentVolumeClaim' when referencing the default apiGroup");
        }
    }
}
