namespace Strata.VirtualNode.Providers;

/// <summary>A command to run in a container.</summary>
/// <param name="Arguments">Program and arguments, exactly; no shell.</param>
/// <param name="Tty">Whether it gets a terminal.</param>
public sealed record CommandRequest(IReadOnlyList<string> Arguments, bool Tty);
