using System.Text;
using Strata.Api.Errors;
using Strata.Client.Http;

namespace Strata.Client.Tests.Http;

public sealed class WatchFrameReaderTests
{
    [Theory]
    [InlineData("""{"type":"ADDED","object":{"a":{"b":1}}}""", WatchEventType.Added)]
    [InlineData("""{"object":{"a":{"b":1}},"type":"MODIFIED"}""", WatchEventType.Modified)]
    [InlineData("""{"type":"DELETED","extra":[{"object":1}],"object":{"a":{"b":1}}}""", WatchEventType.Deleted)]
    [InlineData("""{ "type": "BOOKMARK", "object": {"a":{"b":1}} }""", WatchEventType.Bookmark)]
    public void Members_may_come_in_any_order(string line, WatchEventType type)
    {
        var frame = Read(line);

        Assert.Equal((type, """{"a":{"b":1}}"""), (frame.Type, Encoding.UTF8.GetString(frame.Object.Json.Span)));
    }

    [Fact]
    public void An_error_event_is_thrown_with_its_status()
    {
        var error = Assert.Throws<ApiException>(() => Read("""{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old resource version: 1 (9)"}}"""));

        Assert.True(error.IsExpired);
        Assert.Equal("too old resource version: 1 (9)", error.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{\"type\":\"ADDED\"}")]
    [InlineData("{\"type\":\"ADDED\",\"obj")]
    [InlineData("{\"type\":7,\"object\":{}}")]
    [InlineData("{\"type\":\"RENAMED\",\"object\":{}}")]
    [InlineData("{\"type\":\"ERROR\",\"object\":{\"kind\":\"Pod\"}}")]
    public void What_is_no_event_is_refused(string line)
    {
        Assert.Equal(StatusReason.InternalError, Assert.Throws<ApiException>(() => Read(line)).Reason);
    }

    private static ApiWatchFrame Read(string line) => WatchFrameReader.Read(Encoding.UTF8.GetBytes(line));
}
