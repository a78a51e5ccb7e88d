using System.Text.Json;
using Strata.Testing;

namespace Strata.EndToEnd.Tests;

/// <summary>What a server tells those who watch over it.</summary>
[Collection(SharedClusterCollection.Name)]
public sealed class ObservabilityTests
{
    [Fact]
    public async Task Traces_go_to_the_collector_and_the_log_is_JSON_when_asked_for()
    {
        var program = TestCluster.FindProgram(out var reason);
        Assert.SkipWhen(program is null, reason);
        await TestLeftovers.SweepOnceAsync(program!);
        await using var collector = TestCollector.Start();
        await using var server = new TestServer(program!, "observed");
        var refused = await server.TryStartAloneAsync("--log-format", "xml");
        Assert.Equal((1, "strata: \"xml\" is no form of a log; --log-format takes text or json\n"), (refused.ExitCode, refused.Errors));

        server.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Endpoint.ToString();
        server.Environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
        server.Environment["OTEL_BSP_SCHEDULE_DELAY"] = "200";
        var started = await server.TryStartAloneAsync("--log-format", "json", "--verbose");
        Assert.True(started.ExitCode == 0, started.ToString());
        await Eventually.TrueAsync(() => Task.FromResult(
            collector.Has("service.name") && collector.Has("POST /api/v1/namespaces/{namespace}/serviceaccounts") && collector.Has("store create") && collector.Has("reconcile ")));

        Assert.Equal(0, (await server.RunAsync("down")).ExitCode);
        var records = (await File.ReadAllLinesAsync(Path.Combine(server.DataDirectory, "strata.log"))).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.NotEmpty(records);
        Assert.All(records, record => Assert.True(record.TryGetProperty("ts", out _) && record.TryGetProperty("level", out _) && record.TryGetProperty("msg", out _)));
    }
}
