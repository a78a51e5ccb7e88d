using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Strata.ApiServer;
using Strata.ApiServer.Authentication;
using Strata.Client;
using Strata.Controllers;
using Strata.Hosting.Certificates;
using Strata.Hosting.Files;
using Strata.Scheduler;
using Strata.Store;

namespace Strata.Host.Parts;

/// <summary>An API server on its store, with a scheduler and the controllers.</summary>
internal sealed class ControlPlane : IAsyncDisposable
{
    /// <summary>The Kubernetes version that the parts speak, as nodes and servers report it.</summary>
    public const string KubernetesVersion = "v1.32.4+strata";

    private readonly IRevisionedStore _store;
    private readonly ECDsa _signingKey;
    private readonly ApiServerHost _server;
    private readonly IAsyncDisposable _scheduler;
    private readonly IAsyncDisposable _controllers;

    private ControlPlane(IRevisionedStore store, ECDsa signingKey, ApiServerHost server, IAsyncDisposable scheduler, IAsyncDisposable controllers, ControlPlaneOptions options)
    {
        _store = store;
        _signingKey = signingKey;
        _server = server;
        _scheduler = scheduler;
        _controllers = controllers;
        Authority = options.Authority;
        Endpoint = new UriBuilder("https", options.Listen[0].Address.Equals(IPAddress.Any) ? "127.0.0.1" : options.Listen[0].Address.ToString(), options.Listen[0].Port).Uri;
    }

    public CertificateAuthority Authority { get; }

    public Uri Endpoint { get; }

    public static async Task<ControlPlane> StartAsync(
        ControlPlaneOptions options, TimeProvider clock, Random random, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var store = await OpenStoreAsync(options, clock, loggers, cancellationToken);
        var signingKey = OpenSigningKey(Path.Combine(options.KeyFolder, "service-account.key"));
        if (options.Identity is not null)
        {
            await StoreOwnership.ClaimAsync(store, options.Authority, signingKey, options.ServiceCidr, cancellationToken);
        }

        var server = await StartServerAsync(options, store, signingKey, clock, random, loggers, cancellationToken);
        var duties = new Duties(options.Identity, clock, random, loggers);
        var schedulerClient = Client(server, "system:kube-scheduler");
        var controllerClient = Client(server, "system:kube-controller-manager");
        var controllerOptions = new ControllerOptions { ClusterCertificateAuthority = options.Authority.CertificatePem, Signer = options.Authority };
        var scheduler = duties.StartAsync(
            "kube-scheduler", schedulerClient, () => new SchedulerService(schedulerClient, clock, random, loggers), static (part, token) => part.StartAsync(token), cancellationToken);
        var controllers = duties.StartAsync(
            "kube-controller-manager", controllerClient, () => new ControllerManager(controllerClient, controllerOptions, clock, random, loggers), static (part, token) => part.StartAsync(token), cancellationToken);
        await Task.WhenAll(scheduler, controllers);
        return new ControlPlane(store, signingKey, server, await scheduler, await controllers, options);
    }

    /// <summary>A client within the process that acts as the given user.</summary>
    public IKubeClient ClientOf(string user, params IReadOnlyList<string> groups) => Client(_server, user, groups);

    public async ValueTask DisposeAsync()
    {
        await _controllers.DisposeAsync();
        await _scheduler.DisposeAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        await _server.StopAsync(patience.Token);
        await _store.DisposeAsync();
        _signingKey.Dispose();
    }

    private static KubeClient Client(ApiServerHost server, string user, params IReadOnlyList<string> groups) =>
        new(server.Connect(UserIdentity.Of(user, [.. groups, UserIdentity.AuthenticatedGroup])));

    private static async Task<IRevisionedStore> OpenStoreAsync(ControlPlaneOptions options, TimeProvider clock, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        SecureFile.CreateFolder(options.KeyFolder);
        try
        {
            return await options.Store.OpenAsync(clock, loggers, cancellationToken);
        }
        catch (StoreCorruptException error)
        {
            throw new UserException($"{error.Message}; bring the cluster back from a backup with: strata restore FILE --force --data-dir DIR", error);
        }
        catch (StoreException error)
        {
            throw new UserException(error.Message, error);
        }
    }

    private static ECDsa OpenSigningKey(string path)
    {
        var pem = SecureFile.ReadOrCreate(path, static () =>
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            return key.ExportPkcs8PrivateKeyPem();
        });
        var opened = ECDsa.Create();
        opened.ImportFromPem(pem);
        return opened;
    }

    private static bool IsAddress(string name) => IPAddress.TryParse(name, out _);

    private static Task<ApiServerHost> StartServerAsync(
        ControlPlaneOptions options, IRevisionedStore store, ECDsa signingKey, TimeProvider clock, Random random, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        List<IPAddress> addresses = [.. options.Listen.Select(endpoint => endpoint.Address), options.AdvertiseAddress, options.ServiceAddress, IPAddress.Loopback, .. options.AlternativeNames.Where(IsAddress).Select(IPAddress.Parse)];
        var names = new[] { "localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc", $"kubernetes.default.svc.{options.ClusterDomain}" }.Concat(options.AlternativeNames.Where(static name => !IsAddress(name)));
        var serving = options.Authority.OpenOrIssue("apiserver", CertificateRequestInfo.Server("strata-apiserver", [.. names], [.. addresses.Distinct()]));
        var toNodes = options.Authority.OpenOrIssue("apiserver-to-nodes", CertificateRequestInfo.Client("system:apiserver", "system:masters"));
        return ApiServerHost.StartAsync(
            new ApiServerOptions
            {
                Store = store,
                SharesStore = options.Identity is not null,
                Listen = options.Listen,
                ServerCertificate = serving.ToCertificate(),
                ClientRoots = options.Authority.Roots(),
                ServiceAccountKey = signingKey,
                ClusterCertificateAuthority = options.Authority.CertificatePem,
                ServiceNetwork = System.Net.IPNetwork.Parse(options.ServiceCidr),
                ClusterDomain = options.ClusterDomain,
                AdvertiseAddress = options.AdvertiseAddress,
                KubeletClientCertificate = toNodes.ToCertificate(),
                KubeletRoots = options.Authority.Roots(),
                Notices = UnhandledKinds.Notices,
                Clock = clock,
                Random = random,
                Loggers = loggers,
            },
            cancellationToken);
    }
}
