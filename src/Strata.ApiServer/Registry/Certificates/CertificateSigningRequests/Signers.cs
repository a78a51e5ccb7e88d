namespace Strata.ApiServer.Registry.Certificates.CertificateSigningRequests;

/// <summary>The signers that Kubernetes defines.</summary>
internal static class Signers
{
    /// <summary>Client certificates for users.</summary>
    public const string ApiServerClient = "kubernetes.io/kube-apiserver-client";

    /// <summary>What requests of the first API version meant that named no signer; cannot be asked for any more.</summary>
    public const string LegacyUnknown = "kubernetes.io/legacy-unknown";
}
