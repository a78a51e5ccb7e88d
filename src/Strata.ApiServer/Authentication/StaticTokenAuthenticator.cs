using System.Security.Cryptography;
using System.Text;

namespace Strata.ApiServer.Authentication;

/// <summary>Users with a token that was agreed on at start.</summary>
/// <param name="users">User by token.</param>
internal sealed class StaticTokenAuthenticator(IReadOnlyDictionary<string, UserIdentity> users) : IAuthenticator
{
    public ValueTask<UserIdentity?> AuthenticateAsync(Credentials credentials, CancellationToken cancellationToken)
    {
        UserIdentity? found = null;
        if (credentials.Token is { } given)
        {
            var bytes = Encoding.UTF8.GetBytes(given);
            foreach (var (token, user) in users)
            {
                // In constant time, so that the answer's delay tells nothing about the token.
                found = CryptographicOperations.FixedTimeEquals(bytes, Encoding.UTF8.GetBytes(token)) ? user : found;
            }
        }

        return ValueTask.FromResult(found);
    }
}
