namespace Strata.Cri;

/// <summary>One event of a container or sandbox.</summary>
/// <param name="Id">Container id, or sandbox id when it happened to the sandbox's pause container.</param>
/// <param name="ProcessId">On the host; 0 where it does not apply.</param>
/// <param name="ExitCode">For <see cref="RuntimeEventKind.Exited"/>; 128 + n when signal n ended it. Otherwise 0.</param>
public sealed record RuntimeEvent(RuntimeEventKind Kind, string Id, int ProcessId, int ExitCode, DateTimeOffset At);
