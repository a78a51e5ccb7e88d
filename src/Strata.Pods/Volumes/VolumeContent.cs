using Strata.Pods.Environment;

namespace Strata.Pods.Volumes;

/// <summary>The files a volume is made of, or why it cannot be made.</summary>
/// <param name="Files">Files by path relative to the volume, sorted.</param>
/// <param name="Missing">References that did not resolve; optional ones leave their files out.</param>
public sealed record VolumeContent(IReadOnlyDictionary<string, VolumeFile> Files, IReadOnlyList<MissingReference> Missing)
{
    /// <summary>Why the volume cannot be mounted; null when it can.</summary>
    public string? Error => Missing.FirstOrDefault(reference => !reference.IsOptional)?.Message;
}
