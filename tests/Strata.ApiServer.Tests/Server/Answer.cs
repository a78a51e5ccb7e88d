using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Strata.ApiServer.Tests.Server;

/// <summary>An HTTP answer, read to its end.</summary>
internal sealed record Answer(HttpStatusCode Code, string Body, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders)
{
    public JsonObject Json => JsonNode.Parse(Body)!.AsObject();

    public string Reason => Json["reason"]?.GetValue<string>() ?? "";

    public string Message => Json["message"]?.GetValue<string>() ?? "";

    public string Version => Json["metadata"]!["resourceVersion"]!.GetValue<string>();

    public IEnumerable<string> Names => Json["items"]!.AsArray().Select(static item => item!["metadata"]!["name"]!.GetValue<string>());

    public Answer Expect(HttpStatusCode code)
    {
        Assert.True(Code == code, $"expected {(int)code}, got {(int)Code}: {Body}");
        return this;
    }
}
