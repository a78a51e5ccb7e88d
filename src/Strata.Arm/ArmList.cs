namespace Strata.Arm;

/// <summary>One page of a list.</summary>
public sealed record ArmList<T>
{
    public IReadOnlyList<T> Value { get; set; } = [];

    /// <summary>Absolute URL of the next page; null on the last.</summary>
    public string? NextLink { get; set; }
}
