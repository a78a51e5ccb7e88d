namespace Strata.ApiServer.Authentication;

/// <summary>A token that proved good.</summary>
/// <param name="User">Whose it is.</param>
/// <param name="Audiences">Which of the audiences asked about it is meant for.</param>
internal sealed record ValidToken(UserIdentity User, IReadOnlyList<string> Audiences);
