namespace Strata.ApiServer.Authentication;

/// <summary>Finds out who sends a request. Thread-safe; called for every request.</summary>
internal interface IAuthenticator
{
    /// <returns>The user; null when these credentials prove nothing to this authenticator.</returns>
    ValueTask<UserIdentity?> AuthenticateAsync(Credentials credentials, CancellationToken cancellationToken);
}
