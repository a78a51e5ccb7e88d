using System.Formats.Asn1;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;

namespace Strata.ApiServer.Authentication;

/// <summary>Users with a certificate from the cluster's CA: the common name is the user, each organization a group.</summary>
/// <param name="roots">CA certificates that are trusted to name users.</param>
/// <param name="clock">Time for validity.</param>
internal sealed class CertificateAuthenticator(X509Certificate2Collection roots, TimeProvider clock) : IAuthenticator
{
    private const string CommonName = "2.5.4.3";
    private const string Organization = "2.5.4.10";

    // One connection presents the same instance with every request; the chain is built once for it.
    private readonly ConditionalWeakTable<X509Certificate2, Verified> _verified = [];

    public ValueTask<UserIdentity?> AuthenticateAsync(Credentials credentials, CancellationToken cancellationToken)
    {
        if (credentials.Certificate is not { } certificate)
        {
            return ValueTask.FromResult<UserIdentity?>(null);
        }

        var verified = _verified.GetValue(certificate, Verify);
        return ValueTask.FromResult(clock.GetUtcNow() < verified.Until ? verified.User : null);
    }

    /// <summary>User and groups in a subject (RFC 5280, 4.1.2.4). Read by hand, because Go puts several organizations into one relative name.</summary>
    internal static UserIdentity? UserOf(X500DistinguishedName subject)
    {
        var user = "";
        var groups = new List<string>();
        var names = new AsnReader(subject.RawData, AsnEncodingRules.DER).ReadSequence();
        while (names.HasData)
        {
            var attributes = names.ReadSetOf(skipSortOrderValidation: true);
            while (attributes.HasData)
            {
                var attribute = attributes.ReadSequence();
                switch (attribute.ReadObjectIdentifier())
                {
                    case CommonName:
                        user = ReadText(attribute);
                        break;
                    case Organization:
                        groups.Add(ReadText(attribute));
                        break;
                }
            }
        }

        return user.Length == 0 ? null : UserIdentity.Of(user, groups);
    }

    private static string ReadText(AsnReader attribute)
    {
        var tag = attribute.PeekTag();
        return attribute.ReadCharacterString((UniversalTagNumber)tag.TagValue);
    }

    private Verified Verify(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(roots);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = clock.GetUtcNow().UtcDateTime;
        chain.ChainPolicy.ApplicationPolicy.Add(new("1.3.6.1.5.5.7.3.2")); // Client authentication.
        return chain.Build(certificate)
            ? new Verified(UserOf(certificate.SubjectName), certificate.NotAfter.ToUniversalTime())
            : new Verified(null, DateTimeOffset.MaxValue);
    }

    private sealed record Verified(UserIdentity? User, DateTimeOffset Until);
}
