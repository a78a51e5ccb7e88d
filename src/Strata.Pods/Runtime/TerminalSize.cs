namespace Strata.Pods.Runtime;

/// <summary>Size of a terminal in characters.</summary>
public readonly record struct TerminalSize(int Width, int Height);
