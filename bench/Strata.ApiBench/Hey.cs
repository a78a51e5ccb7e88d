using System.Diagnostics;
using System.Globalization;

namespace Strata.ApiBench;

/// <summary>The HTTP load generator of that name (Debian package <c>hey</c>): requests over TLS and HTTP/1.1 on kept connections.</summary>
internal static class Hey
{
    /// <summary>Runs it and returns what it measured.</summary>
    /// <exception cref="InvalidOperationException">A request failed or was answered with something else than success.</exception>
    public static async Task<HeyResult> RunAsync(Uri url, int requests, int connections, string? bodyFile = null)
    {
        List<string> arguments =
        [
            "-n", requests.ToString(CultureInfo.InvariantCulture), "-c", connections.ToString(CultureInfo.InvariantCulture), "-t", "0",
            "-H", $"Authorization: Bearer {ServerProcess.Token}", "-T", "application/json",
        ];
        if (bodyFile is not null)
        {
            arguments.AddRange(["-m", "POST", "-D", bodyFile]);
        }

        arguments.AddRange(["-o", "csv", url.ToString()]);
        var begin = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo("hey", arguments) { RedirectStandardOutput = true })!;
        var latencies = new List<double>(requests);
        await process.StandardOutput.ReadLineAsync(); // The names of the columns.
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            var cells = line.Split(',');
            latencies.Add(double.Parse(cells[0], CultureInfo.InvariantCulture));
            if (cells[6] is not ("200" or "201"))
            {
                throw new InvalidOperationException($"{url} answered {cells[6]}.");
            }
        }

        await process.WaitForExitAsync();
        var took = Stopwatch.GetElapsedTime(begin);

        // hey hands each connection the same number of requests and drops the rest.
        return latencies.Count == requests / connections * connections
            ? new HeyResult(latencies.Count / took.TotalSeconds, Percentile(latencies, 0.5), Percentile(latencies, 0.99))
            : throw new InvalidOperationException($"{requests - latencies.Count} of {requests} requests to {url} failed.");
    }

    private static TimeSpan Percentile(List<double> seconds, double part)
    {
        seconds.Sort();
        return TimeSpan.FromSeconds(seconds[(int)((seconds.Count - 1) * part)]);
    }
}

/// <summary>What a run measured.</summary>
/// <param name="PerSecond">Requests answered per second of the whole run.</param>
internal sealed record HeyResult(double PerSecond, TimeSpan Median, TimeSpan P99);
