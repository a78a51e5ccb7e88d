namespace Strata.VirtualNode.Providers;

/// <summary>Something that the provider saw happen to a pod; equal ones are merged into one with a count.</summary>
/// <param name="Container">Name of the container; null for the whole pod.</param>
/// <param name="Type"><c>Normal</c> or <c>Warning</c>.</param>
public sealed record ProviderEvent(string? Container, string Type, string Reason, string Message, int Count, DateTimeOffset LastTimestamp);
