namespace Strata.ApiServer.Discovery;

/// <summary>One thing that must work for the server to be well.</summary>
/// <param name="Name">As in <c>/readyz/etcd</c>.</param>
/// <param name="Check">Whether it works now.</param>
/// <param name="IsForLive">Whether its failure calls for a restart: then it counts for /livez too.</param>
internal sealed record HealthCheck(string Name, Func<CancellationToken, ValueTask<bool>> Check, bool IsForLive);
