namespace Strata.ApiServer.Authorization;

/// <summary>Whether a request may go on.</summary>
/// <param name="IsAllowed">The verdict.</param>
/// <param name="Reason">Why, for people; may be empty.</param>
internal readonly record struct AuthorizationDecision(bool IsAllowed, string Reason = "");
