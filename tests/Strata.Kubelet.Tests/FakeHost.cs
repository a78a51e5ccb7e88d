using System.Text;
using Strata.Api.Models;
using Strata.Kubelet.Commands;
using Strata.Kubelet.Logs;
using Strata.Kubelet.Ports;
using Strata.Kubelet.Statistics;
using Strata.Pods.Runtime;

namespace Strata.Kubelet.Tests;

/// <summary>A host with one pod <c>web</c>, one container <c>main</c>. The commands it knows are in <see cref="RunAsync"/>; port 80 echoes, others refuse.</summary>
internal sealed class FakeHost : IPodHost
{
    private readonly Pod _web = new()
    {
        Metadata = new ObjectMeta { Name = "web", Namespace = "default", Uid = "uid-1" },
        Spec = new PodSpec { Containers = [new Container { Name = "main", Image = "x" }] },
        Status = new PodStatus { Phase = "Running" },
    };

    private int _running;

    /// <summary>Completes when a command that hangs was cancelled.</summary>
    public TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes a followed log.</summary>
    public TaskCompletionSource LogEnd { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Processes that were readied and not let go of.</summary>
    public int Running => Volatile.Read(ref _running);

    public LogOptions? LastLog { get; private set; }

    public IReadOnlyList<Pod> Pods => [_web];

    public IReadOnlyList<Pod> RunningPods => [_web];

    public Pod? Find(string namespaceName, string name) => (namespaceName, name) == ("default", "web") ? _web : null;

    public Task<IContainerLog> OpenLogAsync(Pod pod, string container, LogOptions options, CancellationToken cancellationToken)
    {
        LastLog = options;
        return options.Previous ? throw KubeletException.BadRequest("there was none before") : Task.FromResult<IContainerLog>(new Log(this, options));
    }

    public Task<IContainerProcess> PrepareExecAsync(
        Pod pod, string container, IReadOnlyList<string> command, StreamRequest streams, CancellationToken cancellationToken) =>
        command[0] == "refused" ? throw new KubeletException(409, "not now") : Task.FromResult<IContainerProcess>(new Process(this, command[0]));

    public Task<IContainerProcess> PrepareAttachAsync(Pod pod, string container, StreamRequest streams, CancellationToken cancellationToken) =>
        Task.FromResult<IContainerProcess>(new Process(this, "attached"));

    public Task<IPodPorts> OpenPortsAsync(Pod pod, CancellationToken cancellationToken) => Task.FromResult<IPodPorts>(new Echo());

    public MachineUsage? ReadMachineUsage() => null;

    public Task<IReadOnlyList<PodStatistics>> ListStatisticsAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<PodStatistics>>(
        [new PodStatistics(_web.Metadata, DateTimeOffset.UnixEpoch, [new ContainerStatistics("main", DateTimeOffset.UnixEpoch, null)])]);

    private async Task<CommandEnd> RunAsync(string command, StreamSet streams, CancellationToken cancellationToken)
    {
        switch (command)
        {
            case "cat":
                await streams.Stdin!.CopyToAsync(streams.Stdout!, cancellationToken);
                return CommandEnd.Success;
            case "both":
                await SayAsync(streams.Stdout, "out", cancellationToken);
                await SayAsync(streams.Stderr, "err", cancellationToken);
                return CommandEnd.Exited(3);
            case "size":
                var size = await streams.Resizes!.ReadAsync(cancellationToken);
                await SayAsync(streams.Stdout, $"{size.Width}x{size.Height} {streams.Tty}", cancellationToken);
                return CommandEnd.Success;
            case "hang":
                await SayAsync(streams.Stdout, "hanging", cancellationToken);
                using (cancellationToken.Register(() => Cancelled.TrySetResult()))
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
                }

                return CommandEnd.Success;
            case "attached":
                await SayAsync(streams.Stdout, "attached", cancellationToken);
                return CommandEnd.Success;
            default:
                return CommandEnd.Failed($"exec: \"{command}\": executable file not found in $PATH");
        }
    }

    private static async Task SayAsync(Stream? target, string text, CancellationToken cancellationToken)
    {
        if (target is not null)
        {
            await target.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
        }
    }

    private sealed class Process : IContainerProcess
    {
        private readonly FakeHost _host;
        private readonly string _command;

        public Process(FakeHost host, string command)
        {
            (_host, _command) = (host, command);
            Interlocked.Increment(ref host._running);
        }

        public Task<CommandEnd> RunAsync(StreamSet streams, CancellationToken cancellationToken) => _host.RunAsync(_command, streams, cancellationToken);

        public ValueTask DisposeAsync()
        {
            Interlocked.Decrement(ref _host._running);
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Echo : IPodPorts
    {
        public async Task<string?> ForwardAsync(int port, Stream connection, CancellationToken cancellationToken)
        {
            if (port != 80)
            {
                return $"error forwarding port {port} to pod web, uid uid-1: connection refused";
            }

            await connection.CopyToAsync(connection, cancellationToken);
            return null;
        }
    }

    private sealed class Log(FakeHost host, LogOptions options) : IContainerLog
    {
        public async Task CopyToAsync(Stream target, CancellationToken cancellationToken)
        {
            if (options.Follow)
            {
                await host.LogEnd.Task.WaitAsync(cancellationToken);
            }

            await target.WriteAsync("words\n"u8.ToArray(), cancellationToken);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
