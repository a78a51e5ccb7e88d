using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Pods.Spec;

/// <summary>Rules of mounts and block devices of a container (core: validation.go ValidateVolumeMounts).</summary>
internal static class VolumeMountValidation
{
    public static void Validate(JsonObject container, string path, IReadOnlyDictionary<string, JsonObject> volumes, FieldErrors errors)
    {
        var places = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (mount, index) in container.Objects("volumeMounts"))
        {
            var mountPath = $"{path}.volumeMounts[{index}]";
            ValidateVolume(mount, mountPath, volumes, errors);
            if (mount.Text("mountPath") is not { } place)
            {
                errors.Required($"{mountPath}.mountPath");
            }
            else if (!places.Add(place))
            {
                errors.Invalid($"{mountPath}.mountPath", place, "must be unique");
            }

            ValidateSubPath(mount, mountPath, errors);
            ValidatePropagation(mount, container, mountPath, errors);
        }

        foreach (var (device, index) in container.Objects("volumeDevices"))
        {
            ValidateVolume(device, $"{path}.volumeDevices[{index}]", volumes, errors);
            if (device.Text("devicePath") is null)
            {
                errors.Required($"{path}.volumeDevices[{index}].devicePath");
            }
        }
    }

    private static void ValidateVolume(JsonObject mount, string path, IReadOnlyDictionary<string, JsonObject> volumes, FieldErrors errors)
    {
        if (mount.Text("name") is not { } name)
        {
            errors.Required($"{path}.name");
        }
        else if (!volumes.ContainsKey(name))
        {
            errors.NotFound($"{path}.name", name);
        }
    }

    private static void ValidateSubPath(JsonObject mount, string path, FieldErrors errors)
    {
        if (mount.Text("subPath") is { } subPath)
        {
            VolumeItemValidation.ValidateDescending(subPath, $"{path}.subPath", errors);
        }

        if (mount.Text("subPathExpr") is not { } expression)
        {
            return;
        }

        if (mount.Text("subPath") is not null)
        {
            errors.Invalid($"{path}.subPathExpr", expression, "subPathExpr and subPath are mutually exclusive");
        }

        VolumeItemValidation.ValidateDescending(expression, $"{path}.subPathExpr", errors);
    }

    private static void ValidatePropagation(JsonObject mount, JsonObject container, string path, FieldErrors errors)
    {
        if (mount.Text("mountPropagation") is not { } propagation)
        {
            return;
        }

        if (propagation is not ("None" or "HostToContainer" or "Bidirectional"))
        {
            errors.NotSupported($"{path}.mountPropagation", propagation, "Bidirectional", "HostToContainer", "None");
        }
        else if (propagation == "Bidirectional" && !container.Object("securityContext").IsTrue("privileged"))
        {
            errors.Forbidden($"{path}.mountPropagation", "Bidirectional mount propagation is available only to privileged containers");
        }
    }
}
