namespace Strata.Arm.ContainerGroups;

/// <summary>Size of a terminal in characters; 0 by 0 when there is none.</summary>
public sealed record TerminalSize
{
    public int Rows { get; set; }

    public int Cols { get; set; }
}
