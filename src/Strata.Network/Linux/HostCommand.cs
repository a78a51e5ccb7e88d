using System.ComponentModel;
using System.Diagnostics;

namespace Strata.Network.Linux;

/// <summary>Runs one command of the host and returns what it said.</summary>
internal sealed class HostCommand : IHostCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly string[] _prefix;
    private readonly TimeProvider _clock;

    /// <param name="prefix">Words put before every command, such as <c>ip netns exec NAME</c>; usually none.</param>
    public HostCommand(TimeProvider clock, params string[] prefix)
    {
        _clock = clock;
        _prefix = prefix;
    }

    public async Task<CommandResult> RunAsync(string[] command, string? input, CancellationToken cancellationToken)
    {
        string[] words = [.. _prefix, .. command];
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var timeout = new CancellationTokenSource(Limit, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        using var process = Start(start);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(either.Token);
            var error = process.StandardError.ReadToEndAsync(either.Token);
            await WriteInputAsync(process, input, either.Token);
            await process.WaitForExitAsync(either.Token);
            return new CommandResult(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"'{string.Join(' ', words)}' did not finish within {Limit.TotalSeconds:0} s.");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw new InvalidOperationException($"'{start.FileName}' did not start.");
        }
        catch (Win32Exception e)
        {
            throw new FileNotFoundException($"The command '{start.FileName}' cannot be run ({e.Message}); install the package that has it.", e);
        }
    }

    private static async Task WriteInputAsync(Process process, string? input, CancellationToken cancellationToken)
    {
        try
        {
            if (input is not null)
            {
                await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
            }
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The command ended without reading everything; its exit code and error text say why.
        }
    }
}
