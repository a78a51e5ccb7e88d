using Grpc.Core;
using Strata.Cri.Client;
using Strata.Cri.V1;

namespace Strata.Cri;

/// <summary>CRI v1 over a unix socket. One instance per runtime; it reconnects by itself when the runtime restarts.</summary>
public sealed partial class CriClient : IContainerRuntime, IDisposable
{
    // The kubelet's runtimeRequestTimeout. It bounds every call except those whose length the caller decides.
    private static readonly TimeSpan CallTimeout = TimeSpan.FromMinutes(2);

    // For the time a shim takes to leave after its container.
    private const int EndAttempts = 5;
    private static readonly TimeSpan EndRetryPause = TimeSpan.FromMilliseconds(20);

    private readonly CriChannel _channel;
    private readonly TimeProvider _clock;
    private readonly RuntimeService.RuntimeServiceClient _runtime;
    private readonly ImageService.ImageServiceClient _images;

    /// <param name="endpoint">Socket path, with or without <c>unix://</c>. Nothing is connected before the first call.</param>
    public CriClient(string endpoint, TimeProvider clock)
        : this(new CriChannel(endpoint), clock)
    {
    }

    private CriClient(CriChannel channel, TimeProvider clock)
    {
        _channel = channel;
        _clock = clock;
        _runtime = new RuntimeService.RuntimeServiceClient(channel.Invoker);
        _images = new ImageService.ImageServiceClient(channel.Invoker);
    }

    public string SocketPath => _channel.SocketPath;

    /// <summary>The connection, for containerd's own services next to CRI.</summary>
    internal CriChannel Channel => _channel;

    public async Task<VersionResponse> VersionAsync(CancellationToken cancellationToken) =>
        await _runtime.VersionAsync(new VersionRequest { Version = "v1" }, Within(CallTimeout, cancellationToken));

    public async Task<StatusResponse> StatusAsync(bool verbose, CancellationToken cancellationToken) =>
        await _runtime.StatusAsync(new StatusRequest { Verbose = verbose }, Within(CallTimeout, cancellationToken));

    public async Task UpdateRuntimeConfigAsync(string podCidr, CancellationToken cancellationToken)
    {
        var config = new RuntimeConfig { NetworkConfig = new NetworkConfig { PodCidr = podCidr } };
        await _runtime.UpdateRuntimeConfigAsync(
            new UpdateRuntimeConfigRequest { RuntimeConfig = config }, Within(CallTimeout, cancellationToken));
    }

    public void Dispose() => _channel.Dispose();

    private CallOptions Within(TimeSpan timeout, CancellationToken cancellationToken) =>
        new(deadline: _clock.GetUtcNow().UtcDateTime + timeout, cancellationToken: cancellationToken);

    private static CallOptions Unlimited(CancellationToken cancellationToken) => new(cancellationToken: cancellationToken);

    /// <summary>CRI's time-outs are whole seconds; a fraction is rounded up, so that it never becomes "none".</summary>
    private static long WholeSeconds(TimeSpan time) => (long)Math.Ceiling(time.TotalSeconds);

    /// <summary>CRI calls stopping and removing idempotent, but containerd 1.6 reports some missing objects, and an error from
    /// below when the container ends by itself at that moment.</summary>
    private async Task EndAsync(Func<Task> call, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await call();
                return;
            }
            catch (CriException e) when (e.IsNotFound)
            {
                return;
            }
            catch (CriException e) when (attempt < EndAttempts && e.Message.Contains("ttrpc: closed", StringComparison.Ordinal))
            {
                await Task.Delay(EndRetryPause * attempt, _clock, cancellationToken);
            }
        }
    }

    private static async Task<T?> NullIfNotFoundAsync<T>(Task<T> call)
        where T : class
    {
        try
        {
            return await call;
        }
        catch (CriException e) when (e.IsNotFound)
        {
            return null;
        }
    }
}
