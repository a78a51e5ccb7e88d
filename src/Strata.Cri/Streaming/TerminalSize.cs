namespace Strata.Cri.Streaming;

/// <summary>Columns and rows of a terminal.</summary>
public readonly record struct TerminalSize(ushort Width, ushort Height);
