using System.Net;
using Microsoft.Extensions.Logging;
using Strata.Api.Models;
using Strata.ApiServer.Admission;
using Strata.ApiServer.Admission.Plugins;
using Strata.ApiServer.Admission.Plugins.Quotas;
using Strata.ApiServer.Admission.Webhooks;
using Strata.ApiServer.Authentication;
using Strata.ApiServer.Authorization;
using Strata.ApiServer.Authorization.Bootstrap;
using Strata.ApiServer.Authorization.Nodes;
using Strata.ApiServer.Authorization.Rbac;
using Strata.ApiServer.CustomResources;
using Strata.ApiServer.CustomResources.Conversion;
using Strata.ApiServer.Discovery;
using Strata.ApiServer.Fairness;
using Strata.ApiServer.Http;
using Strata.ApiServer.Metrics;
using Strata.ApiServer.Registry;
using Strata.ApiServer.Registry.ApiExtensions.CustomResourceDefinitions;
using Strata.ApiServer.Registry.Certificates.CertificateSigningRequests;
using Strata.ApiServer.Registry.Core.Pods;
using Strata.ApiServer.Registry.Core.Services;
using Strata.ApiServer.Registry.Endpoints;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Requests;
using Strata.ApiServer.Servers;
using Strata.ApiServer.Streaming;
using Strata.Hosting.Metrics;

namespace Strata.ApiServer;

/// <summary>The parts of one API server, put together.</summary>
internal sealed partial class ApiServerParts : IDisposable
{
    private readonly ApiServerOptions _options;
    private readonly ResourceRegistry _registry;
    private readonly BackendClients _backends;
    private readonly WebhookConnections _webhooks = new();
    private readonly StreamConnector _connector;
    private readonly Upkeep _upkeep;
    private readonly ILogger _logger;
    private readonly CustomResourceServer _customResources;
    private readonly CustomResourceController _customResourceController;
    private ServerPresence? _presence;
    private volatile bool _isBootstrapped;
    private volatile bool _isBroken;

    private ApiServerParts(
        ApiServerOptions options, SharedServiceAllocator allocator, ServiceRepair repair, IdentitySource identities, MetricRegistry registry, ServerLifetime lifetime)
    {
        _options = options;
        _logger = options.Loggers.CreateLogger<ApiServerParts>();
        _registry = new ResourceRegistry();
        var issuer = options.ServiceAccountIssuer ?? $"https://kubernetes.default.svc.{options.ClusterDomain}";
        var signer = new TokenSigner(options.ServiceAccountKey);
        var tokens = new ServiceAccountTokens(signer, issuer, [issuer], _registry, identities, options.Clock);
        var permissions = new RbacAuthorizer(_registry);
        var authorizer = new AuthorizerChain([new NodeAuthorizer(_registry, RbacIndex.Compile(BootstrapPolicy.RulesOf("system:node"))), permissions]);
        var matcher = new WebhookMatcher(_registry);
        var caller = new WebhookCaller(_webhooks, new WebhookAddresses(_registry, identities), options.Clock);
        var webhooks = new WebhookDispatcher(new WebhookClient(caller, identities), new WebhookMetrics(registry), options.Clock);
        var admission = new AdmissionChain(
        [
            .. PluginCatalog.All(_registry, identities, options.Clock),
            new TokenSecretPlugin(_registry, tokens, options.ClusterCertificateAuthority),
            new CertificateRequestPlugin(authorizer, options.Clock),
            new RbacEscalationPlugin(authorizer, permissions),
            new NoticePlugin(options.Notices),
            new MutatingWebhookPlugin(new WebhookList<MutatingWebhookConfiguration>(_registry, Webhook.Of), matcher, webhooks),
            new ValidatingWebhookPlugin(new WebhookList<ValidatingWebhookConfiguration>(_registry, Webhook.Of), matcher, webhooks),
            new ResourceQuotaPlugin(_registry, options.Clock), // Last: nothing may refuse what it has booked.
        ]);
        var services = new RegistryServices(options.Store, admission, identities, options.Clock, options.Loggers);
        var kinds = KindCatalog.All(allocator);
        foreach (var strategy in kinds)
        {
            _registry.Add(new ResourceStore(strategy, services));
        }

        var authenticators = new AuthenticatorChain(
            [new CertificateAuthenticator(options.ClientRoots, options.Clock), new StaticTokenAuthenticator(options.StaticTokens), tokens]);
        _backends = new BackendClients(options.KubeletClientCertificate, options.KubeletRoots);
        _connector = new StreamConnector(_backends, options.Clock);
        var metrics = new RequestMetrics(registry);
        ProcessMetrics.AddTo(registry);
        registry.Observe(
            "apiserver_storage_objects", "gauge", "Number of stored objects at the time of last check split by kind.", ["group", "resource"],
            () => _registry.Stores.Select(static store => ((IReadOnlyList<string>)[store.Kind.Group, store.Kind.Plural], (double)store.Cached.Count)));
        var definitions = _registry.Get(CustomResourceDefinitionStrategy.Info);
        IReadOnlyList<IEndpoint> builtIn = [];
        LiveApi? api = null;
        _customResources = new CustomResourceServer(definitions, services, new CustomResourceConverters(caller, identities), RunAsync, custom => api!.Current = Serve(custom));
        _customResourceController = new CustomResourceController(definitions, services, kinds);
        builtIn =
        [
            .. ResourceEndpoints(admission, tokens, identities).Select(endpoint => endpoint.Info.Kind == definitions.Kind ? new DefinitionEndpoint(endpoint, _customResources.CatchUpAsync) : endpoint),
            .. new AccessReviews(authorizer, tokens, authenticators).Endpoints(),
        ];
        api = new LiveApi(Serve([]), _customResources.CatchUpAsync);
        Dispatcher = new ApiDispatcher(api, authorizer);
        var flows = new FlowController(options.MaxRequestsInFlight, FlowConfiguration.Default, options.Clock, registry);
        Application = new ApiHttpApplication(
            Dispatcher, authenticators, new Impersonation(authorizer), new FlowGate(flows, new FlowObjects(_registry, flows), _registry), _connector, new ReverseProxy(_backends), metrics, identities, options.Clock, options.Loggers.CreateLogger<ApiHttpApplication>(), lifetime);
        _upkeep = new Upkeep(options, _registry, repair);

        ServedApi Serve(IReadOnlyList<IEndpoint> custom)
        {
            // Names of built-in resources are never accepted for a definition; this holds even for one that another program has written into the store.
            var taken = builtIn.Select(static endpoint => (endpoint.Info.GroupVersion, endpoint.Info.FullName)).ToHashSet();
            var endpoints = new EndpointTable([.. builtIn, .. custom.Where(endpoint => !taken.Contains((endpoint.Info.GroupVersion, endpoint.Info.FullName)))]);
            return new ServedApi(endpoints, CreateDocuments(endpoints, registry, signer, issuer, lifetime));
        }
    }

    public ApiDispatcher Dispatcher { get; }

    public ApiHttpApplication Application { get; }

    public int ServedDefinitions => _customResources.RunningCount;

    /// <param name="lifetime">Ends streams when the server stops.</param>
    public static async Task<ApiServerParts> CreateAsync(ApiServerOptions options, ServerLifetime lifetime, CancellationToken cancellationToken)
    {
        var metrics = new MetricRegistry();
        options = options with { Store = new MeasuredStore(options.Store, metrics, options.Clock) };
        var identities = new IdentitySource(options.Random);
        var claims = new ServiceClaims(options.Store);
        var guess = new ServiceAllocator(options.ServiceNetwork, options.NodePorts.First, options.NodePorts.Last, identities);
        var allocator = new SharedServiceAllocator(guess, claims, options.Loggers.CreateLogger<SharedServiceAllocator>());
        var repair = new ServiceRepair(options.Store, claims, allocator, options.Loggers.CreateLogger<ServiceRepair>());
        await repair.RunOnceAsync(cancellationToken); // Addresses and ports in use must be known before anyone can ask for one.
        return new ApiServerParts(options, allocator, repair, identities, metrics, lifetime);
    }

    /// <summary>Keeps memory current and the store tidy until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(
    [
        .. _registry.Stores.Select(store => RunAsync(store, cancellationToken)), _upkeep.RunAsync(cancellationToken), _customResources.RunAsync(cancellationToken),
        _customResourceController.RunAsync(cancellationToken),
    ]);

    // A kind whose memory stands still would answer with the past; the server says so through its health and waits for whoever restarts it.
    private async Task RunAsync(ResourceStore store, CancellationToken cancellationToken)
    {
        try
        {
            await store.RunAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The way it ends.
        }
        catch (Exception failure)
        {
            _isBroken = true;
            LogKindFailed(_logger, failure, store.Kind.Plural);
        }
    }

    public async Task WaitUntilFilledAsync(CancellationToken cancellationToken)
    {
        foreach (var store in _registry.Stores)
        {
            await store.WaitUntilFilledAsync(cancellationToken);
        }

        await _customResources.CatchUpAsync(cancellationToken);
    }

    public async Task BootstrapAsync(IReadOnlyList<IPEndPoint>? endpoints, CancellationToken cancellationToken)
    {
        await new Bootstrap(_options, _registry).RunAsync(endpoints, cancellationToken);
        await Task.WhenAll(new PolicyBootstrap(_registry).RunAsync(cancellationToken), new FlowBootstrap(_registry).RunAsync(cancellationToken));
        _isBootstrapped = true;
        if (_options.SharesStore && Bootstrap.PlaceOf(_options, endpoints) is { } place)
        {
            var presence = new ServerPresence(place, new ServerLeases(_options.Store, _options.Clock, _logger), new ServerObjects(_registry), _options.Clock, _logger);
            await presence.StartAsync(cancellationToken);
            _presence = presence;
        }
    }

    /// <summary>Takes this server out of the service <c>kubernetes</c>, if others may take its place.</summary>
    public Task WithdrawAsync() => _presence?.StopAsync() ?? Task.CompletedTask;

    public void Dispose()
    {
        _backends.Dispose();
        _webhooks.Dispose();
    }

    private IEnumerable<IEndpoint> ResourceEndpoints(AdmissionChain admission, ServiceAccountTokens tokens, IdentitySource identities)
    {
        foreach (var store in _registry.Stores)
        {
            yield return new ObjectEndpoint(store);
            if (store.Strategy.HasStatus)
            {
                yield return new StatusEndpoint(store);
            }

            if (store.Strategy.Scale is { } paths)
            {
                yield return new ScaleEndpoint(store, paths);
            }

            foreach (var version in store.Strategy.OtherVersions)
            {
                yield return new ObjectEndpoint(store, version);
                if (store.Strategy.HasStatus)
                {
                    yield return new StatusEndpoint(store, version);
                }
            }
        }

        var pods = _registry.Get(Pod.Info);
        var addresses = new NodeAddresses(_registry);
        yield return new PodBindingEndpoint(pods, _options.Clock, isSubresource: true);
        yield return new PodBindingEndpoint(pods, _options.Clock, isSubresource: false);
        yield return new PodEvictionEndpoint(pods, _registry.Get(PodDisruptionBudget.Info), _options.Clock);
        yield return new PodLogEndpoint(_registry, addresses, _connector);
        foreach (var subresource in (string[])["exec", "attach", "portforward"])
        {
            yield return new PodConnectEndpoint(subresource, _registry, addresses, admission);
        }

        yield return new CertificateApprovalEndpoint(_registry.Get(CertificateSigningRequest.Info));
        var proxied = new ProxyTargets(_registry, addresses, identities, _options.MayProxyTo);
        foreach (var kind in (KindInfo[])[Pod.Info, Service.Info, Node.Info])
        {
            yield return new ProxyEndpoint(kind, proxied, admission);
        }

        yield return new PodPartEndpoint(pods, "ephemeralcontainers", EphemeralContainers.Take, EphemeralContainers.Validate);
        yield return new PodPartEndpoint(pods, "resize", PodResize.Take, PodResize.Validate);
        yield return new ComponentStatusEndpoint(IsStoreWellAsync);
        yield return new NamespaceFinalizeEndpoint(_registry.Get(Namespace.Info));
        yield return new TokenRequestEndpoint(_registry, tokens, admission, _options.Clock);
    }

    private Documents CreateDocuments(EndpointTable endpoints, MetricRegistry metrics, TokenSigner signer, string issuer, ServerLifetime lifetime)
    {
        var versions = GroupVersionResources.From(endpoints.All.Select(static endpoint => endpoint.Info));
        var health = new HealthDocuments(
        [
            new HealthCheck("ping", static _ => ValueTask.FromResult(true), IsForLive: true),
            new HealthCheck("etcd", IsStoreWellAsync, IsForLive: true),
            new HealthCheck("watch-cache", _ => ValueTask.FromResult(!_isBroken), IsForLive: true),
            new HealthCheck("shutdown", _ => ValueTask.FromResult(lifetime.IsReady), IsForLive: false),
            new HealthCheck("informer-sync", _ => ValueTask.FromResult(_registry.Stores.All(static store => store.IsFilled)), IsForLive: false),
            new HealthCheck("poststarthook/rbac/bootstrap-roles", _ => ValueTask.FromResult(_isBootstrapped), IsForLive: false),
            new HealthCheck("poststarthook/start-system-namespaces-controller", _ => ValueTask.FromResult(_isBootstrapped), IsForLive: false),
        ]);
        return new Documents(new DiscoveryDocuments(versions, AddressText()), new OpenApiDocuments(versions, ServerVersion.Git), health, new Dictionary<string, Func<ApiResult>>
        {
            ["/version"] = static () => new DocumentResult(200, MediaTypes.Json, ServerVersion.Document),
            ["/metrics"] = () => new DocumentResult(200, "text/plain; version=0.0.4; charset=utf-8", metrics.Write()),
            ["/openid/v1/jwks"] = () => new DocumentResult(200, "application/jwk-set+json", signer.KeySet()),
            ["/.well-known/openid-configuration"] = () => new DocumentResult(200, MediaTypes.Json, IssuerDocument.Write(issuer, signer.Algorithm)),
        });
    }

    private async ValueTask<bool> IsStoreWellAsync(CancellationToken cancellationToken)
    {
        await _options.Store.GetCurrentRevisionAsync(cancellationToken);
        return true;
    }

    private string AddressText() =>
        _options.Listen is [var first, ..] ? new IPEndPoint(_options.AdvertiseAddress ?? first.Address, first.Port).ToString() : "";
}
