namespace Strata.Arm.ContainerGroups;

/// <summary>Something that happened; equal events are merged into one with a count.</summary>
public sealed record ContainerEvent
{
    public int Count { get; set; } = 1;

    public DateTimeOffset FirstTimestamp { get; set; }

    public DateTimeOffset LastTimestamp { get; set; }

    public string Name { get; set; } = "";

    public string Message { get; set; } = "";

    /// <summary><c>Normal</c> or <c>Warning</c>.</summary>
    public string Type { get; set; } = "Normal";
}
