namespace Strata.Pods.Volumes;

/// <summary>One file of a volume.</summary>
/// <param name="Mode">Permission bits.</param>
/// <param name="IsSecret">Whether the contents came from a Secret or are a token.</param>
public sealed record VolumeFile(ReadOnlyMemory<byte> Data, int Mode, bool IsSecret);
