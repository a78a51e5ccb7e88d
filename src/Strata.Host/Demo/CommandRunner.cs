using System.Diagnostics;

namespace Strata.Host.Demo;

/// <summary>Runs programs as a user would type them.</summary>
/// <param name="environment">Variables on top of this process's own.</param>
internal sealed class CommandRunner(IReadOnlyDictionary<string, string> environment)
{
    /// <summary>Runs a program to its end and returns what it printed.</summary>
    /// <exception cref="DemoFailure">It failed; the message holds its error output.</exception>
    public async Task<string> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start) ?? throw new DemoFailure($"cannot run {program}");
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return process.ExitCode == 0
            ? await output
            : throw new DemoFailure($"{program} {string.Join(' ', arguments)} failed ({process.ExitCode}): {(await errors).Trim()} {(await output).Trim()}");
    }
}
