using System.Globalization;
using Strata.ApiServer.Requests;
using Strata.Hosting.Metrics;

namespace Strata.ApiServer.Http;

/// <summary>Counts requests and their time, under upstream's metric names (apiserver: pkg/endpoints/metrics/metrics.go). Thread-safe.</summary>
internal sealed class RequestMetrics
{
    private const string Component = "apiserver";

    private static readonly double[] Seconds = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60];

    private readonly CounterFamily _total;
    private readonly HistogramFamily _durations;
    private readonly GaugeFamily _inFlight;
    private readonly GaugeFamily _longRunning;
    private readonly CounterFamily _terminations;
    private readonly CounterFamily _watchEvents;

    public RequestMetrics(MetricRegistry registry)
    {
        _total = registry.Counter(
            "apiserver_request_total", "Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.",
            "code", "component", "dry_run", "group", "resource", "scope", "subresource", "verb", "version");
        _durations = registry.Histogram(
            "apiserver_request_duration_seconds", "Response latency distribution in seconds for each verb, dry run value, group, version, resource, subresource, scope and component.",
            Seconds, "component", "dry_run", "group", "resource", "scope", "subresource", "verb", "version");
        _inFlight = registry.Gauge("apiserver_current_inflight_requests", "Number of currently used inflight request limit of this apiserver per request kind.", "request_kind");
        _longRunning = registry.Gauge(
            "apiserver_longrunning_requests", "Gauge of all active long-running apiserver requests broken out by verb, group, version, resource, scope and component.",
            "component", "group", "resource", "scope", "subresource", "verb", "version");
        _terminations = registry.Counter(
            "apiserver_request_terminations_total", "Number of requests which apiserver terminated in self-defense.",
            "code", "component", "group", "resource", "scope", "subresource", "verb", "version");
        _watchEvents = registry.Counter("apiserver_watch_events_total", "Number of events sent in watch clients", "group", "resource", "version");
    }

    /// <summary>A request has been taken in; <see cref="Count"/> follows.</summary>
    /// <param name="isServed">Whether its resource is served: names of things that do not exist would make series without end.</param>
    public void Begin(RequestInfo info, bool isServed) => Move(info, isServed, 1);

    /// <summary>A request is done.</summary>
    /// <param name="isDryRun">Whether it was not to store anything.</param>
    /// <param name="isTerminated">Whether the server gave it up to protect itself: no seat, or no time left.</param>
    public void Count(RequestInfo? info, bool isServed, bool isDryRun, bool isTerminated, int code, TimeSpan elapsed)
    {
        var (codeText, dryRun) = (code.ToString(CultureInfo.InvariantCulture), isDryRun ? "All" : "");
        var (group, version, resource, subresource) = NamesOf(info, isServed);
        var (scope, verb) = info is null ? ("", "") : (ScopeOf(info), VerbOf(info));
        _total.Increment(codeText, Component, dryRun, group, resource, scope, subresource, verb, version);
        _durations.Observe(elapsed, Component, dryRun, group, resource, scope, subresource, verb, version);
        if (isTerminated)
        {
            _terminations.Increment(codeText, Component, group, resource, scope, subresource, verb, version);
        }

        if (info is not null)
        {
            Move(info, isServed, -1);
        }
    }

    public void CountWatchEvents(RequestInfo info, int count) => _watchEvents.Add(count, info.Group, info.Resource, info.Version);

    private void Move(RequestInfo info, bool isServed, int difference)
    {
        if (!info.IsLongRunning)
        {
            _inFlight.Add(difference, info.Verb is "get" or "list" or "head" ? "readOnly" : "mutating");
            return;
        }

        var (group, version, resource, subresource) = NamesOf(info, isServed);
        _longRunning.Add(difference, Component, group, resource, ScopeOf(info), subresource, VerbOf(info), version);
    }

    private static (string Group, string Version, string Resource, string Subresource) NamesOf(RequestInfo? info, bool isServed) => info switch
    {
        { IsResource: true } when isServed => (info.Group, info.Version, info.Resource, info.Subresource),
        { IsProbe: true } => ("", "", "", "/" + info.Path.Split('/')[1]),
        _ => ("", "", "", ""),
    };

    private static string ScopeOf(RequestInfo info) =>
        !info.IsResource ? "" : info.Name.Length > 0 || info.Verb == "create" ? "resource" : info.Namespace.Length > 0 ? "namespace" : "cluster";

    // Methods are the client's choice; only those that mean something here are told apart.
    private static string VerbOf(RequestInfo info) => info switch
    {
        { IsResource: true, Subresource: "exec" or "attach" or "portforward" or "proxy" } => "CONNECT",
        { Verb: "create" or "post" } => "POST",
        { Verb: "update" or "put" } => "PUT",
        { Verb: "get" or "list" or "watch" or "patch" or "delete" or "deletecollection" or "head" } => info.Verb.ToUpperInvariant(),
        _ => "other",
    };
}
