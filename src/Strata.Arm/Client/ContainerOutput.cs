namespace Strata.Arm.Client;

/// <param name="IsError">True for standard error; always false on a plain ACI session, which merges the two.</param>
public readonly record struct ContainerOutput(bool IsError, ReadOnlyMemory<byte> Data);
