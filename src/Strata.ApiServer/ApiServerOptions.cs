using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Strata.ApiServer.Authentication;
using Strata.Store;

namespace Strata.ApiServer;

/// <summary>What an API server needs to run.</summary>
public sealed record ApiServerOptions
{
    /// <summary>Where the objects are kept. Stays the caller's to dispose, after the server has stopped.</summary>
    public required IRevisionedStore Store { get; init; }

    /// <summary>Whether other servers may serve the same store. They then keep the service <c>kubernetes</c> together, each its own address; all have to listen on the same port.
    /// False: this server is all that is behind it.</summary>
    public bool SharesStore { get; init; }

    /// <summary>Addresses to listen on; port 0 takes a free one. Empty: no HTTPS, only calls within the process.</summary>
    public IReadOnlyList<IPEndPoint> Listen { get; init; } = [];

    /// <summary>Certificate with key that the server shows; needed when <see cref="Listen"/> is not empty.</summary>
    public X509Certificate2? ServerCertificate { get; init; }

    /// <summary>CAs whose certificates name users.</summary>
    public X509Certificate2Collection ClientRoots { get; init; } = [];

    /// <summary>Signs and verifies service-account tokens: an EC key on P-256 or an RSA key. Stays the caller's.</summary>
    public required AsymmetricAlgorithm ServiceAccountKey { get; init; }

    /// <summary>Issuer of service-account tokens, a URL, and their audience when none is asked for. Null: <c>https://kubernetes.default.svc.</c>cluster domain.</summary>
    public string? ServiceAccountIssuer { get; init; }

    /// <summary>PEM of the CA that this server's certificate is from, put beside the tokens in secrets; null to leave it out.</summary>
    public string? ClusterCertificateAuthority { get; init; }

    /// <summary>Users by bearer token, besides service accounts.</summary>
    public IReadOnlyDictionary<string, UserIdentity> StaticTokens { get; init; } = new Dictionary<string, UserIdentity>();

    /// <summary>Range of cluster addresses; the first one is the service <c>kubernetes</c>.</summary>
    public IPNetwork ServiceNetwork { get; init; } = IPNetwork.Parse("10.96.0.0/16");

    /// <summary>First and last node port.</summary>
    public (int First, int Last) NodePorts { get; init; } = (30000, 32767);

    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary>Address under which the cluster's members reach this server: what is behind the service <c>kubernetes</c>. Null: that of the first listener. Loopback and
    /// the unspecified address are not published, since no pod could reach the server there.</summary>
    public IPAddress? AdvertiseAddress { get; init; }

    /// <summary>How node agents know this server; null when they ask for no certificate.</summary>
    public X509Certificate2? KubeletClientCertificate { get; init; }

    /// <summary>CAs of node agents' certificates; null to trust any.</summary>
    public X509Certificate2Collection? KubeletRoots { get; init; }

    /// <summary>Which addresses of pods and endpoints the proxy subresources connect to.</summary>
    internal Func<IPAddress, bool> MayProxyTo { get; init; } = Streaming.ProxyTargets.IsProxyable;

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Source of uids and generated names; access to it is serialized.</summary>
    public required Random Random { get; init; }

    public required ILoggerFactory Loggers { get; init; }

    /// <summary>Requests that may run at a time, besides those exempt (upstream: 400 reads and 200 writes). Priority levels share them.</summary>
    public int MaxRequestsInFlight { get; init; } = 600;

    /// <summary>How long a server that stops goes on as before while /readyz fails, for load balancers to notice.</summary>
    public TimeSpan ShutdownDelay { get; init; }

    /// <summary>How long a server that stops waits for the requests that run.</summary>
    public TimeSpan ShutdownLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often history older than one period is forgotten.</summary>
    public TimeSpan CompactionPeriod { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long Events are kept.</summary>
    public TimeSpan EventLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Warnings for who creates an object, by resource and group (<c>jobs.batch</c>): what the cluster around this server will not do with it.</summary>
    public IReadOnlyDictionary<string, string> Notices { get; init; } = new Dictionary<string, string>();
}
