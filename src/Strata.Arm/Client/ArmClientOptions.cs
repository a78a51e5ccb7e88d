using System.Security.Cryptography.X509Certificates;

namespace Strata.Arm.Client;

public sealed record ArmClientOptions
{
    /// <summary>Base URL of the service: <c>https://localhost:7443</c>, or <c>https://management.azure.com</c>.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>Returns a bearer token. Called for each request, so it should cache.</summary>
    public required Func<CancellationToken, ValueTask<string>> GetTokenAsync { get; init; }

    /// <summary>Certificates to trust instead of the system's; null means the system's.</summary>
    public X509Certificate2Collection? TrustedRoots { get; init; }

    public string ApiVersion { get; init; } = ArmProvider.ApiVersion;

    /// <summary>Limit for one request and its answer, not for a long-running operation.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>How often a request that was throttled (429) or met an unavailable server (503) is sent again.</summary>
    public int MaxRetries { get; init; } = 3;

    /// <summary>Pause between two polls when the server asks for none.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(2);
}
