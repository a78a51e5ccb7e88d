using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging;
using Strata.Store.Etcd.Protocol;

namespace Strata.Store.Etcd;

/// <summary>The members of the cluster: which one is used at the moment, and moving on to the next when it fails. Thread-safe.</summary>
internal sealed partial class EtcdConnection : IDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestRetryDelay = TimeSpan.FromMilliseconds(800);

    // A member that has lost its leader answers no, instead of keeping us waiting (etcd: clientv3.WithRequireLeader).
    private static readonly Metadata RequireLeader = new() { { "hasleader", "true" } };

    private readonly EtcdStoreOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly EtcdEndpoint[] _endpoints;
    private int _current;
    private long _clusterId;
    private long _knownRevision;

    public EtcdConnection(EtcdStoreOptions options, TimeProvider clock, ILogger logger)
    {
        if (options.Endpoints.Count == 0)
        {
            throw new ArgumentException("at least one endpoint is needed", nameof(options));
        }

        _options = options;
        _clock = clock;
        _logger = logger;
        _endpoints = [.. options.Endpoints.Select(address => new EtcdEndpoint(address, OpenChannel(address, options)))];
    }

    /// <summary>The member in use.</summary>
    public EtcdEndpoint Current => _endpoints[Volatile.Read(ref _current)];

    /// <summary>The latest revision that any answer has shown.</summary>
    public long KnownRevision => Volatile.Read(ref _knownRevision);

    public TimeSpan RequestTimeout => _options.RequestTimeout;

    public static CallOptions CallOptions(CancellationToken cancellationToken) => new(RequireLeader, cancellationToken: cancellationToken);

    /// <summary>Makes a call that may be repeated, on one member after the other until one answers or the time is up.</summary>
    /// <exception cref="StoreUnavailableException">None answered.</exception>
    public async Task<T> ReadAsync<T>(Func<EtcdEndpoint, CallOptions, AsyncUnaryCall<T>> call, CancellationToken cancellationToken)
    {
        var started = _clock.GetTimestamp();
        for (var attempt = 0; ; attempt++)
        {
            var (answer, failure) = await TryAsync(call, cancellationToken);
            if (failure is null)
            {
                return answer!;
            }

            await BeforeRetryAsync(attempt, started, failure, cancellationToken);
        }
    }

    /// <summary>Makes a call once. A failure that leaves room for another try is handed back; any other is thrown.</summary>
    public async Task<(T? Answer, Exception? Failure)> TryAsync<T>(Func<EtcdEndpoint, CallOptions, AsyncUnaryCall<T>> call, CancellationToken cancellationToken)
    {
        var endpoint = Current;
        using var timeout = new CancellationTokenSource(_options.AttemptTimeout, _clock);
        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            return (await call(endpoint, CallOptions(attempt.Token)), null);
        }
        catch (Exception e) when (EtcdErrors.IsTransient(e) && !cancellationToken.IsCancellationRequested)
        {
            MoveOn(endpoint, e);
            return (default, e);
        }
        catch (RpcException e) when (!EtcdErrors.IsCompacted(e) && !EtcdErrors.IsFuture(e))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw EtcdErrors.ToException(e, endpoint);
        }
    }

    /// <summary>Waits a little, or gives up when the time is up.</summary>
    public async Task BeforeRetryAsync(int attempt, long started, Exception failure, CancellationToken cancellationToken)
    {
        if (_clock.GetElapsedTime(started) >= _options.RequestTimeout)
        {
            throw Unavailable(failure);
        }

        // The first try of each other member costs no wait.
        if (attempt >= _endpoints.Length - 1)
        {
            var delay = RetryDelay * (1 << Math.Min(attempt, 10));
            await Task.Delay(delay < LongestRetryDelay ? delay : LongestRetryDelay, _clock, cancellationToken);
        }
    }

    public StoreUnavailableException Unavailable(Exception? failure) =>
        new($"etcd cannot be reached at {string.Join(", ", (object[])_endpoints)}: {EtcdErrors.Reason(failure)}", failure);

    /// <summary>Turns to the next member, unless somebody has already turned away from this one.</summary>
    public void MoveOn(EtcdEndpoint from, Exception reason)
    {
        var index = Array.IndexOf(_endpoints, from);
        if (Interlocked.CompareExchange(ref _current, (index + 1) % _endpoints.Length, index) == index)
        {
            LogMovedOn(_logger, from, Current, EtcdErrors.Reason(reason));
        }
    }

    /// <summary>Learns from an answer.</summary>
    /// <exception cref="StoreException">It comes from another cluster: the endpoints do not belong together.</exception>
    public void Observe(ResponseHeader header)
    {
        var clusterId = (long)header.ClusterId;
        var known = Interlocked.CompareExchange(ref _clusterId, clusterId, 0);
        if (known != 0 && known != clusterId)
        {
            throw new StoreException($"the endpoints {string.Join(", ", (object[])_endpoints)} belong to different etcd clusters");
        }

        for (var revision = KnownRevision; revision < header.Revision;)
        {
            var before = Interlocked.CompareExchange(ref _knownRevision, header.Revision, revision);
            if (before == revision)
            {
                return;
            }

            revision = before;
        }
    }

    public void Dispose()
    {
        foreach (var endpoint in _endpoints)
        {
            endpoint.Dispose();
        }
    }

    private static GrpcChannel OpenChannel(Uri address, EtcdStoreOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = options.AttemptTimeout,
            // A member that vanished without closing its connections is noticed within 15 seconds, by watches too.
            KeepAlivePingDelay = TimeSpan.FromSeconds(10),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(5),
            UseProxy = false,
        };
        if (address.Scheme == Uri.UriSchemeHttps)
        {
            handler.SslOptions = EtcdTls.Create(options);
        }

        return GrpcChannel.ForAddress(address, new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = null,
            MaxSendMessageSize = null,
            ThrowOperationCanceledOnCancellation = true,
            // Errors are sorted and retried here, where it is known what may be repeated.
            MaxRetryAttempts = null,
        });
    }

    [LoggerMessage(EventIds.MovedOn, LogLevel.Warning, "etcd at {From} failed, going on with {To}: {Reason}")]
    private static partial void LogMovedOn(ILogger logger, EtcdEndpoint from, EtcdEndpoint to, string reason);
}
