using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Strata.Controllers.Certificates;

/// <summary>Usages as requests name them, in a certificate's two forms (RFC 5280, 4.2.1.3 and 4.2.1.12).</summary>
internal static class CertificateUsages
{
    public static X509KeyUsageFlags KeyUsages(IEnumerable<string> usages) => usages.Aggregate(X509KeyUsageFlags.None, static (flags, usage) => flags | usage switch
    {
        "digital signature" or "signing" => X509KeyUsageFlags.DigitalSignature,
        "key encipherment" => X509KeyUsageFlags.KeyEncipherment,
        _ => X509KeyUsageFlags.None,
    });

    public static OidCollection ExtendedUsages(IEnumerable<string> usages)
    {
        var extended = new OidCollection();
        foreach (var usage in usages)
        {
            if (usage is "server auth" or "client auth")
            {
                extended.Add(new Oid(usage == "server auth" ? "1.3.6.1.5.5.7.3.1" : "1.3.6.1.5.5.7.3.2"));
            }
        }

        return extended;
    }
}
