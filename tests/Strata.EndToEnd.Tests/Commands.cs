using System.Diagnostics;

namespace Strata.EndToEnd.Tests;

/// <summary>Runs programs to their end, with a deadline.</summary>
public static class Commands
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(240);

    public static async Task<CommandResult> RunAsync(
        string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? input = null)
    {
        using var process = Start(program, arguments, environment);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        if (input is not null)
        {
            await process.StandardInput.WriteAsync(input);
        }

        process.StandardInput.Close();
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{program} {string.Join(' ', arguments)} did not end within {Deadline.TotalSeconds} s: {await output} {await errors}");
        }

        return new CommandResult(process.ExitCode, await output, await errors);
    }

    /// <summary>Reads lines until the last one looked for, then ends the program.</summary>
    public static async Task<IReadOnlyList<string>> ReadUntilAsync(
        string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, Func<string, bool> isLast)
    {
        using var process = Start(program, arguments, environment);
        using var deadline = new CancellationTokenSource(Deadline);
        var lines = new List<string>();
        try
        {
            while (await process.StandardOutput.ReadLineAsync(deadline.Token) is { } line)
            {
                lines.Add(line);
                if (isLast(line))
                {
                    return lines;
                }
            }
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"{program} {string.Join(' ', arguments)} did not print what was looked for; printed: {string.Join(" | ", lines)}");
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }

        Assert.Fail($"{program} {string.Join(' ', arguments)} ended early: {string.Join(" | ", lines)}");
        return lines;
    }

    private static Process Start(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}
