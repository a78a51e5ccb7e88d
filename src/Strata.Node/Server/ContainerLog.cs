using Strata.Cri.Logs;
using Strata.Kubelet;
using Strata.Kubelet.Logs;
using Strata.NodeAgent.Pods;
using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Server;

/// <summary>The log file of one run of a container.</summary>
internal sealed class ContainerLog : IContainerLog
{
    private readonly PodRuntimeState _state;
    private readonly string _containerId;
    private readonly CriLogFile _file;
    private readonly CriLogOptions _options;
    private readonly TimeProvider _clock;

    private ContainerLog(PodRuntimeState state, string containerId, CriLogFile file, CriLogOptions options, TimeProvider clock)
    {
        _state = state;
        _containerId = containerId;
        _file = file;
        _options = options;
        _clock = clock;
    }

    /// <exception cref="KubeletException">There is no such file.</exception>
    public static ContainerLog Open(PodRuntimeState state, ContainerRecord run, LogOptions options, TimeProvider clock)
    {
        var wanted = new CriLogOptions
        {
            Follow = options.Follow,
            TailLines = options.TailLines,
            SinceTime = options.Since,
            LimitBytes = options.LimitBytes,
            Timestamps = options.Timestamps,
            Streams = options.Streams switch { LogStreams.Stdout => CriLogStreams.Stdout, LogStreams.Stderr => CriLogStreams.Stderr, _ => CriLogStreams.All },
        };
        return CriLogFile.Find(run.LogPath) is { } file
            ? new ContainerLog(state, run.Id, file, wanted, clock)
            : throw KubeletException.NotFound($"the log of container \"{run.Name}\" does not exist");
    }

    public async Task CopyToAsync(Stream target, CancellationToken cancellationToken)
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var ended = _options.Follow ? WaitForEndAsync(leaving.Token) : Task.CompletedTask;
        try
        {
            await CriLogReader.ReadAsync(_file, _options with { Ended = ended }, target, _clock, cancellationToken);
        }
        finally
        {
            await leaving.CancelAsync();
            await ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    public ValueTask DisposeAsync()
    {
        _file.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task WaitForEndAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var change = _state.Changed; // Taken before looking, so that none is missed.
            if (!_state.ContainerSnapshot.Any(record => record.Id == _containerId && record.Phase != ContainerPhase.Exited))
            {
                return;
            }

            await change.WaitAsync(cancellationToken);
        }
    }
}
