using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.PersistentVolumes;

/// <summary>Rules of access modes (core: validation.go; KEP-2485).</summary>
internal static class AccessModeValidation
{
    public static void Validate(JsonObject? spec, string path, string whenMissing, FieldErrors errors)
    {
        if (spec.Count("accessModes") == 0)
        {
            errors.Required($"{path}.accessModes", whenMissing);
        }

        var isSingle = false;
        var isShared = false;
        foreach (var (mode, _) in spec.Texts("accessModes"))
        {
            isSingle |= mode == "ReadWriteOncePod";
            isShared |= mode is "ReadWriteOnce" or "ReadOnlyMany" or "ReadWriteMany";
            if (mode is not ("ReadWriteOnce" or "ReadOnlyMany" or "ReadWriteMany" or "ReadWriteOncePod"))
            {
                errors.NotSupported($"{path}.accessModes", mode, "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod");
            }
        }

        if (isSingle && isShared)
        {
            errors.Forbidden($"{path}.accessModes", "may not use ReadWriteOncePod with other access modes");
        }
    }

    public static void ValidateVolumeMode(JsonObject? spec, string path, FieldErrors errors)
    {
        if (spec.Text("volumeMode") is not (null or "Block" or "Filesystem") and var mode)
        {
            errors.NotSupported($"{path}.volumeMode", mode, "Block", "Filesystem");
        }
    }
}
