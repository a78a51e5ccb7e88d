namespace Strata.ApiServer.Authentication;

/// <summary>How long tokens of pods are really good (KEP-1205, "safe rollout"): clients that read their token once at start go on working, and the claim <c>warnafter</c> tells
/// from when on they should have read it again.</summary>
internal static class TokenLifetime
{
    // An hour, and seven seconds by which the tokens that admission adds are told from others.
    private const long UsualSeconds = 3607;

    public static readonly TimeSpan Extended = TimeSpan.FromDays(365);

    public static bool IsExtended(TimeSpan lifetime) => (long)lifetime.TotalSeconds == UsualSeconds;
}
