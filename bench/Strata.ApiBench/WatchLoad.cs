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
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(4);
    private static readonly byte[] s_sent = "\"sent\":\""u8.ToArray();
    private static readonly byte[] s_version = "\"resourceVersion\":\""u8.ToArray();
    private readonly Uri _objects = new(server, "api/v1/namespaces/watched/configmaps");
    private long _seen;
    private int _resumed;

    /// <summary>How often a watcher was ended as too slow and went on from the last event it had seen.</summary>
    public int Resumed => _resumed;

    /// <summary>After some seconds of the same load, in which the server compiles what it is about to do.</summary>
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

        var watching = streams.ConvertAll(stream => Task.Run(() => WatchAsync(stream, version, (int)(perSecond * duration.TotalSeconds), stop.Token)));
        var before = await ChangeAsync(perSecond, s_warmUp, isMeasured: false) * (long)watchers;
        var due = await ChangeAsync(perSecond, duration, isMeasured: true) * (long)watchers;
        var finished = Stopwatch.GetTimestamp();
        while (Interlocked.Read(ref _seen) < before + due && Stopwatch.GetElapsedTime(finished) < TimeSpan.FromSeconds(30))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, CancellationToken.None);
        }

        await stop.CancelAsync();
        List<double> delays = [.. (await Task.WhenAll(watching)).SelectMany(list => list)];
        delays.Sort();
        return delays.Count == due ? delays : throw new InvalidOperationException($"{due} events were due, {delays.Count} came.");
    }

    private async Task<int> ChangeAsync(int perSecond, TimeSpan duration, bool isMeasured)
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

            var body = string.Create(CultureInfo.InvariantCulture, $$$"""{"data":{"sent":"{{{(isMeasured ? Stopwatch.GetTimestamp() : -i)}}}"}}""");
            writes.Add(SendAsync(HttpMethod.Patch, new Uri($"{_objects}/m{i % Objects}"), body, "application/merge-patch+json"));
        }

        await Task.WhenAll(writes);
        return total;
    }

    private async Task<List<double>> WatchAsync(Stream stream, string version, int due, CancellationToken cancellationToken)
    {
        var delays = new List<double>(due);
        var buffer = new byte[64 * 1024];
        try
        {
            while (true)
            {
                version = await ReadAsync(stream, version, buffer, delays, cancellationToken);
                await stream.DisposeAsync();
                Interlocked.Increment(ref _resumed);
                stream = await http.GetStreamAsync(new Uri($"{_objects}?watch=1&resourceVersion={version}"), cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            await stream.DisposeAsync();
        }

        return delays;
    }

    /// <summary>Reads until the server ends the stream; returns the version seen last.</summary>
    private async Task<string> ReadAsync(Stream stream, string version, byte[] buffer, List<double> delays, CancellationToken cancellationToken)
    {
        var filled = 0;
        while (await stream.ReadAsync(buffer.AsMemory(filled), cancellationToken) is var read and > 0)
        {
            filled += read;
            var now = Stopwatch.GetTimestamp();
            var rest = buffer.AsSpan(0, filled);
            while (rest.IndexOf((byte)'\n') is var end and >= 0)
            {
                if (!rest.StartsWith("{\"type\":\"MODIFIED\""u8))
                {
                    break; // It says that the watch has ended; the stream ends with it.
                }

                var sent = long.Parse(After(rest[..end], s_sent), CultureInfo.InvariantCulture);
                if (sent > 0)
                {
                    delays.Add(Stopwatch.GetElapsedTime(sent, now).TotalMilliseconds);
                }

                version = Encoding.ASCII.GetString(After(rest[..end], s_version));
                Interlocked.Increment(ref _seen);
                rest = rest[(end + 1)..];
            }

            filled = rest.Length;
            rest.CopyTo(buffer);
        }

        return version;
    }

    private static ReadOnlySpan<byte> After(ReadOnlySpan<byte> line, ReadOnlySpan<byte> marker)
    {
        var from = line[(line.IndexOf(marker) + marker.Length)..];
        return from[..from.IndexOf((byte)'"')];
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
