using System.Text.Json;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.PersistentVolumes;

/// <summary>Cells that volumes and claims share (core/helper: GetAccessModesAsString, GetPersistentVolumeClass).</summary>
internal static class StorageCells
{
    private static readonly (string Mode, string Short)[] Modes =
        [("ReadWriteOnce", "RWO"), ("ReadOnlyMany", "ROX"), ("ReadWriteMany", "RWX"), ("ReadWriteOncePod", "RWOP")];

    public static string AccessModes(JsonElement modes)
    {
        var given = modes.Items().Select(static mode => mode.Text()).ToHashSet(StringComparer.Ordinal);
        return string.Join(',', Modes.Where(mode => given.Contains(mode.Mode)).Select(static mode => mode.Short));
    }

    public static string Size(JsonElement resources, string absent) => resources.Get("storage"u8) is var size && size.Exists() ? size.ToString() : absent;

    public static string Phase(JsonElement source) =>
        source.Get("metadata"u8, "deletionTimestamp"u8).Exists() ? "Terminating" : source.Get("status"u8, "phase"u8).Text();

    /// <summary>The class, which an annotation named before there was a field.</summary>
    public static string Class(JsonElement source) =>
        source.Get("metadata"u8, "annotations"u8).Get("volume.beta.kubernetes.io/storage-class"u8) is var annotation && annotation.Exists()
            ? annotation.Text()
            : source.Get("spec"u8, "storageClassName"u8).Text();

    public static string TextOrUnset(JsonElement text) => text.Exists() ? text.Text() : "<unset>";
}
