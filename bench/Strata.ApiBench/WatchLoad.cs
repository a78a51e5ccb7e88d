using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Strata.ApiBench;

/// <summary>Many watchers of one kind while its objects change at a steady rate: how late each watcher sees each change. Sender and watchers share the machine with the server.</summary>
internal sealed class WatchLoad(HttpClient http, Uri server)
{
    private const int Objects = 100;
    private static readonly byte[] s_marker = "\"sent\":\""u8.ToArray();
    private readonly Uri _objects = new(server, "api/v1/namespaces/watched/configmaps");
    private long _seen;

    /// <returns>Delays in milliseconds, sorted, from before the request that makes a change until a watcher has read its event; as many as were due.</returns>
    /// <exception cref="InvalidOperationException">A watcher missed an event.</exception>
    public async Task<List<double>> RunAsync(int watchers, int perSecond, TimeSpan duration)
    {
        await SendAsync(HttpMethod.Post, new Uri(server, "api/v1/namespaces"), """{"metadata":{"name":"watched"}}""", "application/json");
        for (var i = 0; i < Objects; i++)
        {
            await SendAsync(HttpMethod.Post, _objects, $$$"""{"metadata":{"name":"m{{{i}}}"},"data":{"sent":"0"}}""", "application/json");
        }

        var version = (await http.GetFromJsonAsync<JsonObject>(_objects))!["metadata"]!["resourceVersion"]!.GetValue<string>();
        using var stop = new CancellationTokenSource();
        var streams = new List<Stream>();
        for (var i = 0; i < watchers; i++)
        {
            streams.Add(await http.GetStreamAsync(new Uri($"{_objects}?watch=1&resourceVersion={version}")));
        }

        var watching = streams.ConvertAll(stream => Task.Run(() => WatchAsync(stream, stop.Token)));
        var due = await ChangeAsync(perSecond, duration) * (long)watchers;
        var finished = Stopwatch.GetTimestamp();
        while (Interlocked.Read(ref _seen) < due && Stopwatch.GetElapsedTime(finished) < TimeSpan.FromSeconds(30))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, CancellationToken.None);
        }

        await stop.CancelAsync();
        List<double> delays = [.. (await Task.WhenAll(watching)).SelectMany(list => list)];
        delays.Sort();
        return delays.Count == due ? delays : throw new InvalidOperationException($"{due} events were due, {delays.Count} came.");
    }

    private async Task<int> ChangeAsync(int perSecond, TimeSpan duration)
    {
        var total = (int)(perSecond * duration.TotalSeconds);
        var begin = Stopwatch.GetTimestamp();
        var writes = new List<Task>(total);
        for (var i = 0; i < total; i++)
        {
            var early = TimeSpan.FromSeconds((double)i / perSecond) - Stopwatch.GetElapsedTime(begin);
            if (early > TimeSpan.FromMilliseconds(1))
            {
                await Task.Delay(early, TimeProvider.System, CancellationToken.None);
            }

            var body = string.Create(CultureInfo.InvariantCulture, $$$"""{"data":{"sent":"{{{Stopwatch.GetTimestamp()}}}"}}""");
            writes.Add(SendAsync(HttpMethod.Patch, new Uri($"{_objects}/m{i % Objects}"), body, "application/merge-patch+json"));
        }

        await Task.WhenAll(writes);
        return total;
    }

    private async Task<List<double>> WatchAsync(Stream stream, CancellationToken cancellationToken)
    {
        var delays = new List<double>();
        var buffer = new byte[64 * 1024];
        var filled = 0;
        try
        {
            while (await stream.ReadAsync(buffer.AsMemory(filled), cancellationToken) is var read and > 0)
            {
                filled += read;
                var now = Stopwatch.GetTimestamp();
                var rest = buffer.AsSpan(0, filled);
                while (rest.IndexOf((byte)'\n') is var end and >= 0)
                {
                    delays.Add(Stopwatch.GetElapsedTime(SentAt(rest[..end]), now).TotalMilliseconds);
                    Interlocked.Increment(ref _seen);
                    rest = rest[(end + 1)..];
                }

                filled = rest.Length;
                rest.CopyTo(buffer);
            }
        }
        catch (OperationCanceledException)
        {
            await stream.DisposeAsync();
        }

        return delays;
    }

    private static long SentAt(ReadOnlySpan<byte> line)
    {
        var from = line[(line.IndexOf(s_marker) + s_marker.Length)..];
        return long.Parse(from[..from.IndexOf((byte)'"')], CultureInfo.InvariantCulture);
    }

    private async Task SendAsync(HttpMethod method, Uri url, string body, string type)
    {
        using var request = new HttpRequestMessage(method, url) { Content = new StringContent(body, Encoding.UTF8, type) };
        using var answer = await http.SendAsync(request);
        if (answer.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.Created))
        {
            throw new InvalidOperationException($"{method} {url} answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        }
    }
}
