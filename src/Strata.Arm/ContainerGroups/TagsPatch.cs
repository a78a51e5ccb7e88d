namespace Strata.Arm.ContainerGroups;

/// <summary>Body of PATCH: only tags can be changed so.</summary>
public sealed record TagsPatch
{
    public IReadOnlyDictionary<string, string>? Tags { get; set; }
}
