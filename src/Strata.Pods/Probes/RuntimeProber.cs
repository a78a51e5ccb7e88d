using Strata.Api.Models;
using Strata.Pods.Runtime;

namespace Strata.Pods.Probes;

/// <summary>Probes through a container runtime (exec) and the pod network (the rest).</summary>
public sealed class RuntimeProber(IContainerRuntime runtime, NetworkProber network) : IProber
{
    private const int MaxOutput = 10 * 1024;

    public async Task<ProbeOutcome> ProbeAsync(ProbeTarget target, Probe probe, CancellationToken cancellationToken)
    {
        var timeout = TimeSpan.FromSeconds(Math.Max(probe.TimeoutSeconds, 1));
        return probe switch
        {
            { Exec: { } exec } => await ExecAsync(target, exec, timeout, cancellationToken),
            { HttpGet: { } get } => await network.HttpAsync(target, get, timeout, cancellationToken),
            { TcpSocket: { } tcp } => await network.TcpAsync(target, tcp, timeout, cancellationToken),
            { Grpc: { } grpc } => await network.GrpcAsync(target, grpc, timeout, cancellationToken),
            _ => ProbeOutcome.Failure("the probe names no action"),
        };
    }

    private async Task<ProbeOutcome> ExecAsync(ProbeTarget target, ExecAction action, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            var result = await runtime.ExecSyncAsync(target.ContainerId, action.Command, timeout, cancellationToken);
            var output = result.Output.Length > MaxOutput ? result.Output[..MaxOutput] : result.Output;
            return result.TimedOut ? ProbeOutcome.Failure($"command timed out: {string.Join(' ', action.Command)} timed out after {timeout.TotalSeconds:0}s")
                : result.ExitCode == 0 ? ProbeOutcome.Success
                : ProbeOutcome.Failure(output);
        }
        catch (RuntimeException error)
        {
            return ProbeOutcome.Failure(error.Message);
        }
    }
}
