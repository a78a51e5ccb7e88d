using System.Diagnostics;
using System.Text;

namespace Strata.Crash.Tests;

/// <summary>This program, running as a process of its own to be killed.</summary>
internal sealed class Victim : IDisposable
{
    private readonly Process _process;

    private Victim(Process process) => _process = process;

    public static Victim Start(params IEnumerable<string> arguments)
    {
        var host = Environment.ProcessPath!;
        string[] self = Path.GetFileNameWithoutExtension(host) == "dotnet" ? [typeof(Victim).Assembly.Location] : [];
        var start = new ProcessStartInfo(host, [.. self, .. arguments]) { RedirectStandardOutput = true, RedirectStandardInput = true };
        return new Victim(Process.Start(start)!);
    }

    /// <summary>Lets it begin. Until then it waits, so that the next victim can start while the last one is looked at.</summary>
    public void Go() => _process.StandardInput.WriteLine("go");

    /// <summary>Waits for <see cref="Go"/>, in the victim.</summary>
    public static async Task WaitForGoAsync() => await Console.In.ReadLineAsync();

    /// <summary>The next line it prints; null when it has ended.</summary>
    public async Task<string?> ReadLineAsync(CancellationToken cancellationToken) => await _process.StandardOutput.ReadLineAsync(cancellationToken);

    /// <summary>SIGKILL; returns the lines that were printed and not read yet. The last may have been cut short and is left out then.</summary>
    public async Task<IReadOnlyList<string>> KillAsync(CancellationToken cancellationToken)
    {
        _process.Kill();
        var rest = await _process.StandardOutput.ReadToEndAsync(cancellationToken);
        await _process.WaitForExitAsync(cancellationToken);
        return rest[..(rest.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    /// <summary>What a victim prints with: each line one system call, so that it is in the pipe whatever happens to the process afterwards.</summary>
    public static Action<string> Printer()
    {
        var output = Console.OpenStandardOutput();
        var gate = new Lock();
        return line =>
        {
            lock (gate)
            {
                output.Write(Encoding.ASCII.GetBytes(line));
            }
        };
    }
}
