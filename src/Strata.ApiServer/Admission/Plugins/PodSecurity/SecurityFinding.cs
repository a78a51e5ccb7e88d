namespace Strata.ApiServer.Admission.Plugins.PodSecurity;

/// <summary>What one check has against a pod.</summary>
/// <param name="Reason">The rule that is broken, the same for all pods.</param>
/// <param name="Detail">Who breaks it, and how.</param>
internal sealed record SecurityFinding(string Reason, string Detail)
{
    /// <summary>All reasons with their details.</summary>
    public static string Describe(IEnumerable<SecurityFinding> findings) => string.Join(", ", findings.Select(static finding => $"{finding.Reason} ({finding.Detail})"));

    /// <summary>All reasons, without the details.</summary>
    public static string Reasons(IEnumerable<SecurityFinding> findings) => string.Join(", ", findings.Select(static finding => finding.Reason));

    /// <summary><c>container "a"</c>, <c>containers "a", "b"</c>.</summary>
    public static string Containers(IReadOnlyList<string> names) => $"{Plural("container", names.Count)} {Quoted(names)}";

    public static string Plural(string word, int count) => count == 1 ? word : word + "s";

    public static string Quoted(IEnumerable<string> texts) => string.Join(", ", texts.Select(static text => $"\"{text}\""));

    /// <summary>The pod itself, its containers, or both: <c>pod and container "a"</c>.</summary>
    public static string Setters(bool pod, IReadOnlyList<string> containers) =>
        (pod, containers.Count) switch
        {
            (true, 0) => "pod",
            (true, _) => $"pod and {Containers(containers)}",
            _ => Containers(containers),
        };
}
