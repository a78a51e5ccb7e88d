namespace Strata.Pods.Runtime;

/// <summary>How to log in to a registry.</summary>
public sealed record RegistryCredential(string UserName, string Password, string IdentityToken = "")
{
    public override string ToString() => "(credential)"; // Never in a log.
}
