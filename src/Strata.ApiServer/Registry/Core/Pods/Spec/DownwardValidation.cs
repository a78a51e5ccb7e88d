using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Pods.Spec;

/// <summary>References to a pod's own fields and resources (core: validation.go validateObjectFieldSelector, validateContainerResourceFieldSelector).</summary>
internal static class DownwardValidation
{
    public static readonly string[] EnvironmentFields =
    [
        "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs",
    ];

    public static readonly string[] VolumeFields = ["metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"];

    private static readonly string[] Resources =
    [
        "limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory",
    ];

    public static void ValidateField(JsonObject? reference, string[] supported, string path, FieldErrors errors)
    {
        if (reference is null)
        {
            return;
        }

        if (reference.Text("apiVersion") is null)
        {
            errors.Required($"{path}.apiVersion");
            return;
        }

        if (reference.Text("fieldPath") is not { } field)
        {
            errors.Required($"{path}.fieldPath");
            return;
        }

        if (Subscript(field) is var (map, key))
        {
            // One annotation or one label, by key.
            if (map is not ("metadata.annotations" or "metadata.labels"))
            {
                errors.Invalid($"{path}.fieldPath", field, "does not support subscript");
                return;
            }

            QualifiedNames.Validate(map == "metadata.annotations" ? key.ToLowerInvariant() : key, $"{path}.fieldPath", errors);
        }
        else if (!supported.Contains(field))
        {
            if (EnvironmentFields.Contains(field) || VolumeFields.Contains(field))
            {
                errors.NotSupported($"{path}.fieldPath", field, supported);
            }
            else
            {
                errors.Invalid($"{path}.fieldPath", field, $"error converting fieldPath: field label not supported: {field}");
            }
        }
    }

    public static void ValidateResource(JsonObject? reference, bool needsContainer, string path, FieldErrors errors)
    {
        if (reference is null)
        {
            return;
        }

        if (needsContainer && reference.Text("containerName") is null)
        {
            errors.Required($"{path}.containerName");
        }
        else if (reference.Text("resource") is not { } resource)
        {
            errors.Required($"{path}.resource");
        }
        else if (!Resources.Contains(resource) && !resource.StartsWith("requests.hugepages-", StringComparison.Ordinal) && !resource.StartsWith("limits.hugepages-", StringComparison.Ordinal))
        {
            errors.NotSupported($"{path}.resource", resource, Resources);
        }
        else if (reference.Read("divisor") is { IsZero: false } divisor)
        {
            ValidateDivisor(resource, divisor, $"{path}.divisor", errors);
        }
    }

    private static void ValidateDivisor(string resource, Quantity divisor, string path, FieldErrors errors)
    {
        var text = divisor.ToString();
        if (resource.EndsWith(".cpu", StringComparison.Ordinal))
        {
            if (text is not ("1m" or "1"))
            {
                errors.Invalid(path, text, "only divisor's values 1m and 1 are supported with the cpu resource");
            }
        }
        else if (text is not ("1" or "1k" or "1M" or "1G" or "1T" or "1P" or "1E" or "1Ki" or "1Mi" or "1Gi" or "1Ti" or "1Pi" or "1Ei"))
        {
            var kind = resource.EndsWith(".memory", StringComparison.Ordinal) ? "memory" : "local ephemeral storage";
            errors.Invalid(path, text, $"only divisor's values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei are supported with the {kind} resource");
        }
    }

    // metadata.labels['app'] → (metadata.labels, app)
    private static (string Map, string Key)? Subscript(string field)
    {
        var open = field.IndexOf("['", StringComparison.Ordinal);
        return open > 0 && field.EndsWith("']", StringComparison.Ordinal) ? (field[..open], field[(open + 2)..^2]) : null;
    }
}
