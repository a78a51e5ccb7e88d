namespace Strata.VirtualNode.Providers;

/// <param name="IsError">True for standard error.</param>
public readonly record struct SessionOutput(bool IsError, ReadOnlyMemory<byte> Data);
