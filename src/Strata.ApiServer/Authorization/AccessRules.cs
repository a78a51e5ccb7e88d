namespace Strata.ApiServer.Authorization;

/// <summary>What someone may do.</summary>
/// <param name="Rules">The rules that are known.</param>
/// <param name="Problem">Why there may be more; null when the list is complete.</param>
internal sealed record AccessRules(IReadOnlyList<AccessRule> Rules, string? Problem)
{
    public static readonly AccessRules None = new([], null);
}
