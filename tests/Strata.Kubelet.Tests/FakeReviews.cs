using System.Text.Json.Nodes;
using Strata.Client;

namespace Strata.Kubelet.Tests;

/// <summary>An API that answers access reviews only: it allows what is in <see cref="Allowed"/>, as <c>user verb subresource</c>.</summary>
internal sealed class FakeReviews : IApiTransport
{
    private int _asked;

    public HashSet<string> Allowed { get; } = [];

    /// <summary>How often it was asked.</summary>
    public int Asked => Volatile.Read(ref _asked);

    public Task<ApiObject> SendAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _asked);
        var review = JsonNode.Parse(request.Body.Span)!.AsObject();
        var spec = review["spec"]!;
        var wanted = $"{spec["user"]} {spec["resourceAttributes"]!["verb"]} {spec["resourceAttributes"]!["subresource"]}";
        review["status"] = new JsonObject { ["allowed"] = Allowed.Contains(wanted) };
        return Task.FromResult(new ApiObject(System.Text.Encoding.UTF8.GetBytes(review.ToJsonString())));
    }

    public Task<ApiObjectList> ListAsync(ApiRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<ApiWatchFrame> WatchAsync(ApiRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<Stream> OpenStreamAsync(ApiRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();
}
