using Strata.Api.Models;
using Strata.Pods.Probes;
using Strata.Pods.Runtime;

namespace Strata.Pods.Lifecycle;

/// <summary>Runs postStart and preStop hooks. Source: kubelet/lifecycle/handlers.go (behaviour).</summary>
public sealed class HookRunner(IContainerRuntime runtime, NetworkProber network, TimeProvider clock)
{
    /// <summary>Runs a hook to its end or until cancelled.</summary>
    /// <returns>Why it failed; null when it succeeded.</returns>
    public async Task<string?> RunAsync(LifecycleHandler hook, ProbeTarget target, TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            return await RunActionAsync(hook, target, limit, cancellationToken);
        }
        catch (RuntimeException error)
        {
            return error.Message;
        }
    }

    private async Task<string?> RunActionAsync(LifecycleHandler hook, ProbeTarget target, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (hook.Exec is { } exec)
        {
            var result = await runtime.ExecSyncAsync(target.ContainerId, exec.Command, limit, cancellationToken);
            var command = string.Join(' ', exec.Command);
            return result.TimedOut ? $"command '{command}' did not end within {limit.TotalSeconds:0} s"
                : result.ExitCode == 0 ? null
                : $"command '{command}' exited with {result.ExitCode}: {result.Output}";
        }

        if (hook.HttpGet is { } get)
        {
            var outcome = await network.HttpAsync(target, get, limit, cancellationToken);
            return outcome.IsSuccess ? null : outcome.Message;
        }

        if (hook.TcpSocket is { } tcp)
        {
            var outcome = await network.TcpAsync(target, tcp, limit, cancellationToken);
            return outcome.IsSuccess ? null : outcome.Message;
        }

        if (hook.Sleep is { } sleep)
        {
            await Task.Delay(TimeSpan.FromSeconds(Math.Min(sleep.Seconds, limit.TotalSeconds)), clock, cancellationToken);
            return null;
        }

        return "the hook names no action";
    }
}
