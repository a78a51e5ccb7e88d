namespace Strata.Pods.Environment;

/// <summary>A reference that leads nowhere.</summary>
/// <param name="Kind"><c>ConfigMap</c>, <c>Secret</c>, <c>Field</c>, <c>Resource</c> or <c>File</c>.</param>
/// <param name="Name">Name of the object, or the field path.</param>
/// <param name="Key">Key within it; null when the object itself is missing.</param>
/// <param name="IsOptional">Whether the container may start without it.</param>
/// <param name="Message">What a person reads.</param>
public sealed record MissingReference(string Kind, string Name, string? Key, bool IsOptional, string Message);
