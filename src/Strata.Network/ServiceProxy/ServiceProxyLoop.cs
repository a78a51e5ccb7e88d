using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Strata.Network.Linux;

namespace Strata.Network.ServiceProxy;

/// <summary>Keeps the cluster's nftables table equal to the services it is told of.</summary>
/// <remarks>Level-triggered: <see cref="Set"/> and <see cref="Remove"/> change the desired state and wake the loop, which
/// computes the whole table, compares it with what it applied last and applies the difference. The first application, and
/// the one after any error, replaces the whole table in one transaction, so a table left by an earlier process is adopted
/// without a moment in which a service does not work.</remarks>
internal sealed partial class ServiceProxyLoop(
    ProxyOptions options, INftables nftables, IUdpFlows udpFlows, TimeSpan minInterval, TimeProvider clock, ILogger<ServiceProxyLoop> logger)
{
    // Someone may flush the host's ruleset (a firewall that restarts); without a change of ours nothing would tell.
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan MaxRetryDelay = TimeSpan.FromSeconds(30);

    private readonly RulesetBuilder _builder = new(options);
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lock _lock = new();
    private readonly SortedDictionary<ServiceKey, ServiceInfo> _desired = []; // Under _lock.

    private Ruleset? _applied; // Null: unknown, replace everything.
    private Dictionary<ServiceKey, ServiceInfo> _appliedUdp = [];

    /// <summary>Transactions applied so far, for tests and metrics.</summary>
    public long TransactionCount { get; private set; }

    /// <summary>Completes when the table first equals the desired state.</summary>
    public Task Synced => _synced.Task;

    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Set(ServiceInfo service)
    {
        lock (_lock)
        {
            _desired[service.Key] = service;
        }
        _wake.Writer.TryWrite(true);
    }

    public void Remove(ServiceKey key)
    {
        lock (_lock)
        {
            if (!_desired.Remove(key))
            {
                return;
            }
        }
        _wake.Writer.TryWrite(true);
    }

    /// <summary>Runs until cancelled. Start it only when the first complete state has been set, or the services of an earlier
    /// process stop working until it is.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var failures = 0;
        while (true)
        {
            // A burst of changes gives two transactions: one for its first event and one for the rest.
            _wake.Reader.TryRead(out _);
            try
            {
                await SyncAsync(cancellationToken);
                failures = 0;
                _synced.TrySetResult();
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                _applied = null;
                failures++;
                LogApplyFailed(e, options.Table, failures);
            }
            if (failures > 0)
            {
                var delay = TimeSpan.FromSeconds(Math.Min(MaxRetryDelay.TotalSeconds, 0.25 * Math.Pow(2, Math.Min(failures, 10))));
                await Task.Delay(delay, clock, cancellationToken);
                continue;
            }
            await Task.Delay(minInterval, clock, cancellationToken);
            await WaitForChangeAsync(cancellationToken);
        }
    }

    /// <summary>Removes the table; harmless when there is none.</summary>
    public static Task CleanupAsync(string table, INftables nftables, CancellationToken cancellationToken) =>
        nftables.ApplyAsync($"add table ip {table}\ndelete table ip {table}\n", cancellationToken);

    private async Task WaitForChangeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            using var check = new CancellationTokenSource(CheckInterval, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(check.Token, cancellationToken);
            try
            {
                await _wake.Reader.WaitToReadAsync(either.Token);
                return;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                if (!await TableExistsAsync(cancellationToken))
                {
                    LogTableLost(options.Table);
                    _applied = null;
                    return;
                }
            }
        }
    }

    private async Task<bool> TableExistsAsync(CancellationToken cancellationToken)
    {
        try
        {
            await nftables.ApplyAsync($"list chain ip {options.Table} {RulesetBuilder.RejectChain}\n", cancellationToken);
            return true;
        }
        catch (NftablesException)
        {
            return false;
        }
    }

    private async Task SyncAsync(CancellationToken cancellationToken)
    {
        ServiceInfo[] services;
        lock (_lock)
        {
            services = [.. _desired.Values];
        }
        var started = clock.GetTimestamp();
        var desired = _builder.Build(services);
        var commands = _applied is null ? RulesetDiff.Replace(desired) : RulesetDiff.Between(_applied, desired);
        if (commands.Length > 0)
        {
            await nftables.ApplyAsync(commands, cancellationToken);
            TransactionCount++;
            LogApplied(options.Table, services.Length, commands.Length, clock.GetElapsedTime(started).TotalMilliseconds);
        }
        _applied = desired;
        ForgetStaleUdpFlows(services);
    }

    private void ForgetStaleUdpFlows(ServiceInfo[] services)
    {
        var now = services.Where(static s => s.Ports.Any(static p => p.Protocol == TransportProtocol.Udp)).ToDictionary(static s => s.Key);
        var unchanged = now.Count == _appliedUdp.Count
            && now.All(pair => _appliedUdp.TryGetValue(pair.Key, out var old) && ReferenceEquals(old, pair.Value));
        if (unchanged)
        {
            return;
        }
        var count = udpFlows.Forget(new UdpFrontends(_appliedUdp.Values, now.Values).IsStale);
        _appliedUdp = now;
        if (count > 0)
        {
            LogForgotUdpFlows(count);
        }
    }
}
