using System.Net;
using System.Text.Json.Nodes;

namespace Strata.ApiServer.Tests.Server;

/// <summary>A watch over HTTP, read frame by frame with a deadline.</summary>
internal sealed class TestWatch : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly HttpResponseMessage _response;
    private readonly StreamReader _reader;

    private TestWatch(HttpResponseMessage response, StreamReader reader)
    {
        _response = response;
        _reader = reader;
    }

    public HttpStatusCode Code => _response.StatusCode;

    public static async Task<TestWatch> OpenAsync(HttpResponseMessage response) => new(response, new StreamReader(await response.Content.ReadAsStreamAsync()));

    /// <summary>The next frame; null when the stream has ended.</summary>
    public async Task<JsonObject?> NextAsync()
    {
        var line = await _reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Deadline, TestContext.Current.CancellationToken);
        return line is null ? null : JsonNode.Parse(line)!.AsObject();
    }

    /// <summary>The next frame as <c>TYPE name</c>, or <c>TYPE</c> when its object has no name.</summary>
    public async Task<string> NextTextAsync() => await NextAsync() is { } frame
        ? $"{frame["type"]} {frame["object"]!["metadata"]?["name"]}".Trim()
        : "end";

    public Task<string> RestAsync() => _reader.ReadToEndAsync(TestContext.Current.CancellationToken);

    public void Dispose()
    {
        _reader.Dispose();
        _response.Dispose();
    }
}
