namespace Strata.Arm.ContainerGroups;

public sealed record ContainerExecRequest
{
    /// <summary>The command as typed. Strata splits it by shell-word rules without running a shell.</summary>
    public string? Command { get; set; }

    public TerminalSize? TerminalSize { get; set; }

    /// <summary>Strata's addition: the exact arguments, which win over <see cref="Command"/>.</summary>
    public IReadOnlyList<string>? Arguments { get; set; }

    /// <summary>Strata's addition: false runs the process without a terminal. Default true, as ACI does.</summary>
    public bool? Tty { get; set; }
}
