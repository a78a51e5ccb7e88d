using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Strata.Api;
using Strata.Api.Models;
using Strata.Client.Informers;
using Strata.Network.Dns;
using Strata.Network.ServiceProxy;

namespace Strata.Network.Services;

/// <summary>Carries changes of Services and EndpointSlices to the proxy and to DNS.</summary>
internal sealed partial class ServiceWatch
{
    private const string ServiceNameLabel = "kubernetes.io/service-name";
    private const string ByService = "network.strata.dev/service";

    private readonly IInformer<Service> _services;
    private readonly IInformer<EndpointSlice> _slices;
    private readonly ServiceProxyLoop _proxy;
    private readonly DnsZone? _zone;
    private readonly string _nodeName;
    private readonly ILogger<ServiceWatch> _logger;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lock _lock = new();
    private HashSet<ObjectKey> _changed = []; // Under _lock.

    public ServiceWatch(IInformers informers, ServiceProxyLoop proxy, DnsZone? zone, string nodeName, ILogger<ServiceWatch> logger)
    {
        _services = informers.For<Service>();
        _slices = informers.For<EndpointSlice>();
        _proxy = proxy;
        _zone = zone;
        _nodeName = nodeName;
        _logger = logger;
        _slices.AddIndex(ByService, static slice => ServiceOf(slice) is { } key ? [key.ToString()] : []);
    }

    /// <summary>Handles changes until cancelled.</summary>
    /// <param name="onSynced">Called once, when the proxy and DNS have everything there was at the start.</param>
    public async Task RunAsync(Action onSynced, CancellationToken cancellationToken)
    {
        _services.Subscribe(change => Mark(change.Object.Key()));
        _slices.Subscribe(change =>
        {
            MarkService(change.Old);
            MarkService(change.New);
        });
        await _services.WaitForSyncAsync(cancellationToken);
        await _slices.WaitForSyncAsync(cancellationToken);
        HandleChanges();
        onSynced();
        while (await _wake.Reader.WaitToReadAsync(cancellationToken))
        {
            _wake.Reader.TryRead(out _);
            HandleChanges();
        }
    }

    private static ObjectKey? ServiceOf(EndpointSlice slice) =>
        slice.Metadata.Labels.TryGetValue(ServiceNameLabel, out var name) ? new ObjectKey(slice.Metadata.Namespace, name) : null;

    private void MarkService(EndpointSlice? slice)
    {
        if (slice is not null && ServiceOf(slice) is { } key)
        {
            Mark(key);
        }
    }

    private void Mark(ObjectKey key)
    {
        lock (_lock)
        {
            _changed.Add(key);
        }
        _wake.Writer.TryWrite(true);
    }

    private void HandleChanges()
    {
        HashSet<ObjectKey> changed;
        lock (_lock)
        {
            (changed, _changed) = (_changed, []);
        }
        foreach (var key in changed)
        {
            try
            {
                Handle(key);
            }
            catch (ArgumentException e)
            {
                // A name or number that no validating server lets through; the other services must not suffer from it.
                LogUnusable(e, key);
            }
        }
    }

    private void Handle(ObjectKey key)
    {
        var proxyKey = new ServiceKey(key.Namespace, key.Name);
        var service = _services.Get(key);
        var slices = service is null ? [] : _slices.ByIndex(ByService, key.ToString());
        if (service is not null && ServiceTranslation.ForProxy(service, slices, _nodeName) is { } info)
        {
            _proxy.Set(info);
        }
        else
        {
            _proxy.Remove(proxyKey);
        }
        _zone?.Table.Set(proxyKey, service is null ? [] : ServiceRecords.Compute(ServiceTranslation.ForDns(service, slices), _zone.Domain));
    }

    [LoggerMessage(EventIds.ServiceUnusable, LogLevel.Warning, "Service {Service} cannot be served")]
    private partial void LogUnusable(Exception exception, ObjectKey service);
}
