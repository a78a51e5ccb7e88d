namespace Strata.Testing.Etcd;

/// <summary>Limits of an <see cref="EtcdServer"/>.</summary>
public sealed record EtcdServerOptions
{
    /// <summary>Largest request, in bytes. Default 8 MiB, so that objects as large as the API server takes fit.</summary>
    public int MaxRequestBytes { get; init; } = 8 << 20;

    /// <summary>How often a leader is heard of; a tenth of the time after which another is elected. Short by default: a single member starts sooner.</summary>
    public int HeartbeatMilliseconds { get; init; } = 20;

    /// <summary>Largest database, in bytes; 0 for etcd's default of 2 GiB.</summary>
    public long QuotaBytes { get; init; }
}
