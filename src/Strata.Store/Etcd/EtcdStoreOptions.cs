namespace Strata.Store.Etcd;

/// <summary>How to reach the etcd cluster of an <see cref="EtcdStore"/>. The cluster serves this store alone: its revisions are the store's.</summary>
public sealed record EtcdStoreOptions
{
    /// <summary>Client URLs of the members, <c>https://</c> or <c>http://</c>. One is used at a time; when it fails, the next.</summary>
    public required IReadOnlyList<Uri> Endpoints { get; init; }

    /// <summary>PEM file with the CAs that the members' certificates must come from. Null: those of the system.</summary>
    public string? AuthorityFile { get; init; }

    /// <summary>PEM file with the certificate shown to etcd; comes with <see cref="KeyFile"/>.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>PEM file with the key of <see cref="CertificateFile"/>.</summary>
    public string? KeyFile { get; init; }

    /// <summary>How long one member may take to answer before the next one is asked. Default 5 seconds.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a call goes on trying members before it fails. Default 10 seconds.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
