using Strata.Api.Models;

namespace Strata.VirtualNode.Pods;

/// <summary>Mounted files that show the pod's own labels and annotations, which may change while it runs. Pure.</summary>
internal static class DownwardFiles
{
    public static bool MayDiffer(Pod? before, Pod? after) =>
        before is not null && after is not null
        && !(Same(before.Metadata.Labels, after.Metadata.Labels) && Same(before.Metadata.Annotations, after.Metadata.Annotations))
        && after.Spec.Volumes.Any(volume => volume.DownwardAPI is not null || volume.Projected?.Sources.Any(source => source.DownwardAPI is not null) == true);

    private static bool Same(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after) =>
        before.Count == after.Count && before.All(entry => after.TryGetValue(entry.Key, out var value) && value == entry.Value);
}
