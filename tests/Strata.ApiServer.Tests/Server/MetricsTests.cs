using System.Globalization;
using System.Net;
using Strata.Testing;

namespace Strata.ApiServer.Tests.Server;

public sealed class MetricsTests
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";

    [Fact]
    public async Task Requests_watches_the_store_and_the_process_are_measured_under_upstreams_names()
    {
        await using var api = await TestApi.StartAsync();
        await api.ConfigMapAsync("a");
        using var watch = await api.WatchAsync($"{Maps}?watch=1");
        Assert.Equal("ADDED a", await watch.NextTextAsync());
        (await api.GetAsync("/apis/unknown.example/v1/things/x")).Expect(HttpStatusCode.NotFound);
        await Eventually.TrueAsync(async () => await ValueAsync(api, "apiserver_watch_events_total{group=\"\",resource=\"configmaps\",version=\"v1\"}") >= 1);

        Assert.Equal(1, await ValueAsync(api, "apiserver_request_total{code=\"201\",component=\"apiserver\",dry_run=\"\",group=\"\",resource=\"configmaps\",scope=\"resource\",subresource=\"\",verb=\"POST\",version=\"v1\"}"));
        Assert.Equal(1, await ValueAsync(api, "apiserver_request_duration_seconds_bucket{component=\"apiserver\",dry_run=\"\",group=\"\",resource=\"configmaps\",scope=\"resource\",subresource=\"\",verb=\"POST\",version=\"v1\",le=\"+Inf\"}"));
        Assert.Equal(1, await ValueAsync(api, "apiserver_longrunning_requests{component=\"apiserver\",group=\"\",resource=\"configmaps\",scope=\"namespace\",subresource=\"\",verb=\"WATCH\",version=\"v1\"}"));
        Assert.Equal(1, await ValueAsync(api, "apiserver_current_inflight_requests{request_kind=\"readOnly\"}")); // This one.
        Assert.True(await ValueAsync(api, "etcd_request_duration_seconds_count{operation=\"create\",type=\"configmaps\"}") >= 1);
        Assert.Equal(1, await ValueAsync(api, "apiserver_storage_objects{group=\"\",resource=\"configmaps\"}") - await OthersAsync(api));
        Assert.True(await ValueAsync(api, "apiserver_flowcontrol_dispatched_requests_total{flow_schema=\"exempt\",priority_level=\"exempt\"}") >= 3);
        Assert.True(await ValueAsync(api, "apiserver_flowcontrol_nominal_limit_seats{priority_level=\"global-default\"}") > 0);
        Assert.True(await ValueAsync(api, "process_resident_memory_bytes") > 1_000_000);

        var text = (await api.GetAsync("/metrics")).Body;
        Assert.DoesNotContain("unknown.example", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE apiserver_request_duration_seconds histogram\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_are_for_those_who_may_read_them()
    {
        await using var api = await TestApi.StartAsync();
        using var anyone = api.ClientWith(TestCertificates.Client("alice"));
        using var monitor = api.ClientWith(TestCertificates.Client("prometheus", "system:monitoring"));

        (await TestApi.SendAsync(anyone, HttpMethod.Get, "/metrics")).Expect(HttpStatusCode.Forbidden);
        (await TestApi.SendAsync(monitor, HttpMethod.Get, "/metrics")).Expect(HttpStatusCode.OK);
    }

    // What a cluster has of its own.
    private static async Task<int> OthersAsync(TestApi api) => (await api.GetAsync("/api/v1/configmaps")).Names.Count() - 1;

    private static async Task<double> ValueAsync(TestApi api, string series)
    {
        var line = (await api.GetAsync("/metrics")).Expect(HttpStatusCode.OK).Body.Split('\n').FirstOrDefault(line => line.StartsWith(series + " ", StringComparison.Ordinal));
        return line is null ? -1 : double.Parse(line[(series.Length + 1)..], CultureInfo.InvariantCulture);
    }
}
