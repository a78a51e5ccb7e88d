using Strata.Hosting.Tracing;

namespace Strata.Hosting.Tests;

public sealed class TraceExportTests
{
    [Fact]
    public void Nothing_is_sent_unless_asked_for()
    {
        Assert.Null(Start([]));
        Assert.Null(Start(new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "" }));
        Assert.Null(Start(new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:4317", ["OTEL_SDK_DISABLED"] = "TRUE" }));
    }

    [Theory]
    [InlineData("127.0.0.1:4317")]
    [InlineData("collector")]
    [InlineData("ftp://127.0.0.1")]
    public void An_endpoint_that_is_no_url_is_refused_with_an_example(string endpoint)
    {
        var refused = Assert.Throws<FormatException>(() => Start(new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint }));

        Assert.Equal($"OTEL_EXPORTER_OTLP_ENDPOINT is \"{endpoint}\", which is no URL such as http://127.0.0.1:4317", refused.Message);
    }

    private static IDisposable? Start(Dictionary<string, string> variables) => TraceExport.Start("1.0.0", variables.GetValueOrDefault);
}
