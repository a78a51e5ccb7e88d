using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Strata.Client.Informers;
using Strata.Network.Cni;
using Strata.Network.Dns;
using Strata.Network.Linux;
using Strata.Network.ServiceProxy;
using Strata.Network.Services;

namespace Strata.Network;

/// <summary>The network of one cluster on this host: pod network, service proxy and cluster DNS.</summary>
/// <remarks>
/// 1. <see cref="PrepareAsync"/> before the container runtime starts its first pod; needs no API server.
/// 2. <see cref="RunAsync"/> while the node is up; <see cref="Ready"/> tells when services and DNS work.
/// 3. Cancelled, it leaves rules and bridge in place, so that pods and services go on while the process restarts, and the next
///    process takes them over. <see cref="CleanupAsync"/> removes everything.
/// Needs root.
/// </remarks>
public sealed partial class NetworkService
{
    private const int DnsPort = 53;
    private static readonly TimeSpan DnsRetryDelay = TimeSpan.FromSeconds(1);

    private readonly NetworkOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger<NetworkService> _logger;
    private readonly HostKernel _kernel;
    private readonly TaskCompletionSource _dnsReady = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _proxyReady = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <exception cref="ArgumentException">An option cannot work; the message says which and why.</exception>
    public NetworkService(NetworkOptions options, TimeProvider clock, ILoggerFactory loggers)
        : this(options, HostKernel.Own(clock), clock, loggers)
    {
    }

    internal NetworkService(NetworkOptions options, HostKernel kernel, TimeProvider clock, ILoggerFactory loggers)
    {
        options.Validate();
        _options = options;
        _clock = clock;
        _loggers = loggers;
        _logger = loggers.CreateLogger<NetworkService>();
        _kernel = kernel;
    }

    /// <summary>Completes when the services there were at the start work and DNS answers.</summary>
    public Task Ready => Task.WhenAll(_dnsReady.Task, _proxyReady.Task);

    /// <summary>Creates the bridge with its addresses and writes the CNI configuration. Harmless when all is there.</summary>
    /// <returns>What the host lacks and what to do about it; empty when all is well. Each is logged as a warning too.</returns>
    /// <exception cref="IOException">The bridge cannot be created.</exception>
    public async Task<IReadOnlyList<string>> PrepareAsync(CancellationToken cancellationToken)
    {
        var problems = new List<string>(await new HostPrerequisites(_kernel.Commands, _kernel.Sysctl).EnsureAsync(cancellationToken));
        var mtu = HostInterfaces.ChooseMtu(_options.Mtu);
        if (await new HostInterfaces(_kernel.Commands, _kernel.Sysctl).EnsureAsync(_options, mtu, cancellationToken) is { } unset)
        {
            problems.Add(unset);
        }
        foreach (var problem in problems)
        {
            LogProblem(problem);
        }
        await CniConfiguration.WriteAsync(_options, mtu, cancellationToken);
        LogPrepared(_options.BridgeName, _options.PodCidr.ToString(), mtu);
        return problems;
    }

    /// <summary>Serves until cancelled. The informers must run, or begin to run later.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled, the normal end.</exception>
    public async Task RunAsync(IInformers informers, CancellationToken cancellationToken)
    {
        var zone = _options.ClusterDnsIP is { } address
            ? new DnsZone(_options.ClusterDomain, address, _options.PodRanges.Append(_options.ServiceCidr))
            : null;
        var proxy = new ServiceProxyLoop(
            ProxyOptionsNow(), _kernel.Nftables, _kernel.UdpFlows, _options.ProxyMinInterval, _clock, _loggers.CreateLogger<ServiceProxyLoop>());
        var watch = new ServiceWatch(informers, proxy, zone, _options.NodeName, _loggers.CreateLogger<ServiceWatch>());

        // One part that ends with an error ends the others, and the caller sees it.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var synced = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task[] parts = [
            watch.RunAsync(() => synced.TrySetResult(), stop.Token),
            RunProxyAsync(proxy, synced.Task, stop.Token),
            RunDnsAsync(zone, synced.Task, stop.Token)];
        await Task.WhenAny(parts);
        await stop.CancelAsync();
        await Task.WhenAll(parts);
    }

    /// <summary>Removes what the cluster has on this host: table, bridge with its pods' interfaces, CNI configuration and address
    /// leases. Every part is tried even if one fails; a repeated call is harmless. The pods must be gone.</summary>
    /// <exception cref="AggregateException">Something could not be removed.</exception>
    public static Task CleanupAsync(NetworkOptions options, TimeProvider clock, CancellationToken cancellationToken) =>
        CleanupOnAsync(options, HostKernel.Own(clock), cancellationToken);

    internal static async Task CleanupOnAsync(NetworkOptions options, HostKernel kernel, CancellationToken cancellationToken)
    {
        var failures = new List<Exception>();
        await TryAsync(() => ServiceProxyLoop.CleanupAsync(options.TableName, kernel.Nftables, cancellationToken));
        await TryAsync(() => new HostInterfaces(kernel.Commands, kernel.Sysctl).RemoveAsync(options, cancellationToken));
        await TryAsync(() =>
        {
            CniConfiguration.Remove(options);
            return Task.CompletedTask;
        });
        if (failures.Count > 0)
        {
            throw new AggregateException($"The network of cluster {options.ClusterId} could not be removed completely.", failures);
        }

        async Task TryAsync(Func<Task> step)
        {
            try
            {
                await step();
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                failures.Add(e);
            }
        }
    }

    private ProxyOptions ProxyOptionsNow() => new(
        _options.TableName, [.. _options.PodRanges], _options.ServiceCidr, _options.ClusterDnsIP,
        new HostPrerequisites(_kernel.Commands, _kernel.Sysctl).BridgedPacketsAreFiltered ? null : _options.BridgeName);

    private async Task RunProxyAsync(ServiceProxyLoop proxy, Task synced, CancellationToken cancellationToken)
    {
        await synced.WaitAsync(cancellationToken);
        var running = proxy.RunAsync(cancellationToken);
        await Task.WhenAny(proxy.Synced, running);
        if (proxy.Synced.IsCompletedSuccessfully)
        {
            _proxyReady.TrySetResult();
        }
        await running;
    }

    private async Task RunDnsAsync(DnsZone? zone, Task synced, CancellationToken cancellationToken)
    {
        if (zone is null)
        {
            _dnsReady.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, _clock, cancellationToken);
            return;
        }
        // Not before all services are known: "no such name" for one that exists would stay in clients' caches.
        await synced.WaitAsync(cancellationToken);
        var address = new IPEndPoint(_options.ClusterDnsIP!, DnsPort);
        var resolvConf = new ResolvConf(_options.ResolvConfPath, [address], _clock);
        var forwarder = new DnsForwarder(() => resolvConf.Servers, _clock, _loggers.CreateLogger<DnsForwarder>());
        while (true)
        {
            try
            {
                await using var server = _kernel.Open(
                    () => new DnsServer(address, new DnsResponder(zone), forwarder, _clock, _loggers.CreateLogger<DnsServer>()));
                _dnsReady.TrySetResult();
                LogDnsServes(address.ToString(), resolvConf.Servers.Length);
                await server.RunAsync(cancellationToken);
            }
            catch (SocketException e)
            {
                LogDnsFailed(address.ToString(), e.Message);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                LogDnsEnded(e, address.ToString()); // Pods cannot do without DNS: a new server starts.
            }
            await Task.Delay(DnsRetryDelay, _clock, cancellationToken);
        }
    }

    [LoggerMessage(EventIds.HostProblem, LogLevel.Warning, "Network: {Problem}")]
    private partial void LogProblem(string problem);

    [LoggerMessage(EventIds.Prepared, LogLevel.Information, "Bridge {Bridge} carries pods {PodCidr}, MTU {Mtu}")]
    private partial void LogPrepared(string bridge, string podCidr, int mtu);

    [LoggerMessage(EventIds.DnsServes, LogLevel.Information, "Cluster DNS answers on {Address}; {UpstreamCount} upstream servers")]
    private partial void LogDnsServes(string address, int upstreamCount);

    [LoggerMessage(EventIds.DnsEnded, LogLevel.Error, "Cluster DNS on {Address} ended with an error and starts again")]
    private partial void LogDnsEnded(Exception exception, string address);

    [LoggerMessage(EventIds.DnsBindFailed, LogLevel.Warning,
        "Cluster DNS cannot use {Address} ({Reason}); is another DNS server bound to all addresses? It tries again every second")]
    private partial void LogDnsFailed(string address, string reason);
}
