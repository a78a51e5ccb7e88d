using Strata.Api.Errors;

namespace Strata.ApiServer.Authentication;

/// <summary>Asks the authenticators in turn. Without credentials a request is anonymous; with credentials that nobody accepts it is refused.</summary>
internal sealed class AuthenticatorChain(IReadOnlyList<IAuthenticator> authenticators)
{
    /// <exception cref="ApiException">Unauthorized.</exception>
    public async ValueTask<UserIdentity> AuthenticateAsync(Credentials credentials, CancellationToken cancellationToken)
    {
        if (credentials.IsEmpty)
        {
            return UserIdentity.Anonymous;
        }

        foreach (var authenticator in authenticators)
        {
            if (await authenticator.AuthenticateAsync(credentials, cancellationToken) is { } user)
            {
                return user;
            }
        }

        throw Unauthorized();
    }

    private static ApiException Unauthorized() => new(new ApiStatus { Code = 401, Reason = StatusReason.Unauthorized, Message = "Unauthorized" });
}
