namespace Strata.Pods.Runtime;

/// <summary>End of a command run in a container.</summary>
public sealed record ExecResult(int ExitCode, string Output, bool TimedOut);
