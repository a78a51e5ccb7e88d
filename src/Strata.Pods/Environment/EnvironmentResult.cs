namespace Strata.Pods.Environment;

/// <summary>A container's environment, or why it cannot be made.</summary>
/// <param name="Variables">Variables with unique names, in order of first mention.</param>
/// <param name="Missing">References that did not resolve; those that are optional are only worth an event.</param>
/// <param name="InvalidNames">Keys of ConfigMaps and Secrets that are no variable names and were skipped.</param>
public sealed record EnvironmentResult(IReadOnlyList<ResolvedVariable> Variables, IReadOnlyList<MissingReference> Missing, IReadOnlyList<string> InvalidNames)
{
    /// <summary>Why the container cannot start; null when it can.</summary>
    public string? Error => Missing.FirstOrDefault(reference => !reference.IsOptional)?.Message;
}
