using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Strata.ApiServer.Requests;

namespace Strata.ApiServer.Http;

/// <summary>Counts requests and their time, under upstream's metric names. Thread-safe.</summary>
internal sealed class RequestMetrics
{
    private readonly ConcurrentDictionary<Series, Tally> _tallies = new();

    public void Count(RequestInfo? info, int code, TimeSpan elapsed)
    {
        // Names of things that do not exist would make series without end.
        var series = info is { IsResource: true } && code is not (401 or 403 or 404)
            ? new Series(info.Verb.ToUpperInvariant(), info.Group, info.Version, info.Resource, info.Subresource, code)
            : new Series(info?.Verb.ToUpperInvariant() ?? "", "", "", "", "", code);
        _tallies.GetOrAdd(series, static _ => new Tally()).Add(elapsed);
    }

    /// <summary>Prometheus text format 0.0.4.</summary>
    public byte[] Write()
    {
        var text = new StringBuilder("# HELP apiserver_request_total Counter of apiserver requests broken out for each verb, group, version, resource and code.\n# TYPE apiserver_request_total counter\n");
        var tallies = _tallies.OrderBy(static pair => pair.Key.ToString(), StringComparer.Ordinal).ToList();
        foreach (var (series, tally) in tallies)
        {
            text.Append(CultureInfo.InvariantCulture, $"apiserver_request_total{{{series.Labels}}} {tally.Total}\n");
        }

        text.Append("# HELP apiserver_request_duration_seconds Response latency in seconds.\n# TYPE apiserver_request_duration_seconds summary\n");
        foreach (var (series, tally) in tallies)
        {
            text.Append(CultureInfo.InvariantCulture, $"apiserver_request_duration_seconds_sum{{{series.Labels}}} {tally.Seconds}\n");
            text.Append(CultureInfo.InvariantCulture, $"apiserver_request_duration_seconds_count{{{series.Labels}}} {tally.Total}\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private sealed record Series(string Verb, string Group, string Version, string Resource, string Subresource, int Code)
    {
        public string Labels => $"code=\"{Code.ToString(CultureInfo.InvariantCulture)}\",group=\"{Group}\",resource=\"{Resource}\",subresource=\"{Subresource}\",verb=\"{Verb}\",version=\"{Version}\"";
    }

    private sealed class Tally
    {
        private long _total;
        private long _ticks;

        public long Total => Interlocked.Read(ref _total);

        public double Seconds => TimeSpan.FromTicks(Interlocked.Read(ref _ticks)).TotalSeconds;

        public void Add(TimeSpan elapsed)
        {
            Interlocked.Increment(ref _total);
            Interlocked.Add(ref _ticks, elapsed.Ticks);
        }
    }
}
