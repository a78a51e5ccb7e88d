namespace Strata.Client;

/// <summary>What to list.</summary>
/// <param name="LabelSelector">Label selector text; null for all.</param>
/// <param name="FieldSelector">Field selector text, for example <c>spec.nodeName=n1</c>; null for all.</param>
/// <param name="Limit">Most items in a page; 0 for all.</param>
/// <param name="Continue">Token of the page to read; null for the first.</param>
/// <param name="ResourceVersion">Null for the latest, <c>0</c> for whatever the server has at hand.</param>
public sealed record ListOptions(string? LabelSelector = null, string? FieldSelector = null, int Limit = 0, string? Continue = null, string? ResourceVersion = null)
{
    /// <summary>Everything, at the latest version.</summary>
    public static readonly ListOptions All = new();
}
