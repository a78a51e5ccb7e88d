namespace Strata.ApiServer.Authorization.Rbac;

/// <summary>What one binding gives to one subject.</summary>
/// <param name="Rules">The role's rules; empty when the role is missing.</param>
/// <param name="Reason">How the permission came about, in upstream's words.</param>
/// <param name="Problem">That the role is missing; null when it is there.</param>
internal sealed record RbacGrant(IReadOnlyList<AccessRule> Rules, string Reason, string? Problem);
