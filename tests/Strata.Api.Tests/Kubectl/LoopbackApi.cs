using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Strata.Api.Json;
using Strata.Api.OpenApi;
using Strata.Api.Patches;
using Strata.Api.Schema;
using Strata.Api.Tests.OpenApi;

namespace Strata.Api.Tests.Kubectl;

/// <summary>As much of an API server as kubectl needs to explain, apply and edit one object: discovery, OpenAPI, GET and PATCH. Plain HTTP on loopback.</summary>
internal sealed class LoopbackApi : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly Task _accepting;

    public LoopbackApi()
    {
        _listener.Start();
        Address = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture)}";
        _accepting = AcceptAsync();
    }

    public string Address { get; }

    /// <summary>The object at its path; a PATCH changes it.</summary>
    public ConcurrentDictionary<string, JsonObject> Objects { get; } = new();

    /// <summary>Bodies of strategic merge patches in the order they came.</summary>
    public ConcurrentQueue<JsonObject> Patches { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException && _stop.IsCancellationRequested)
        {
            return; // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                using var stream = new BufferedStream(client.GetStream());
                while (await ReadLineAsync(stream) is { Length: > 0 } request)
                {
                    var parts = request.Split(' ');
                    var (contentType, length) = await ReadHeadersAsync(stream);
                    var body = new byte[length];
                    await stream.ReadExactlyAsync(body, _stop.Token);
                    var (code, answer) = Answer(parts[0], parts[1].Split('?')[0], contentType, body);
                    var head = $"HTTP/1.1 {code} x\r\nContent-Type: application/json\r\nContent-Length: {answer.Length}\r\n\r\n";
                    await stream.WriteAsync(Encoding.ASCII.GetBytes(head), _stop.Token);
                    await stream.WriteAsync(answer, _stop.Token);
                    await stream.FlushAsync(_stop.Token);
                }
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException)
            {
                return; // kubectl has gone, or the test is over.
            }
        }
    }

    private async Task<(string ContentType, int Length)> ReadHeadersAsync(Stream stream)
    {
        var (contentType, length) = ("", 0);
        while (await ReadLineAsync(stream) is { Length: > 0 } header)
        {
            var colon = header.IndexOf(':', StringComparison.Ordinal);
            var value = header[(colon + 1)..].Trim();
            switch (header[..colon].ToUpperInvariant())
            {
                case "CONTENT-TYPE":
                    contentType = value;
                    break;
                case "CONTENT-LENGTH":
                    length = int.Parse(value, CultureInfo.InvariantCulture);
                    break;
            }
        }

        return (contentType, length);
    }

    private async Task<string?> ReadLineAsync(Stream stream)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (await stream.ReadAsync(one, _stop.Token) > 0)
        {
            if (one[0] == '\n')
            {
                return line.ToString().TrimEnd('\r');
            }

            line.Append((char)one[0]);
        }

        return null;
    }

    private (int Code, byte[] Body) Answer(string method, string path, string contentType, byte[] body)
    {
        if (Objects.TryGetValue(path, out var known))
        {
            return method switch
            {
                "GET" => (200, JsonBytes.Serialize(known)),
                "PATCH" => (200, JsonBytes.Serialize(Objects[path] = Patch(known, contentType, body))),
                _ => (405, Status(405, "MethodNotAllowed")),
            };
        }

        return Discovery(path) is { } document ? (200, document) : (404, Status(404, "NotFound"));
    }

    private JsonObject Patch(JsonObject target, string contentType, byte[] body)
    {
        var patch = StrictJson.Parse(body, null);
        if (contentType != "application/strategic-merge-patch+json")
        {
            return (JsonObject)MergePatch.Apply(target, patch)!;
        }

        Patches.Enqueue((JsonObject)patch);
        return StrategicMergePatch.Apply(target, (JsonObject)patch, SchemaTable.Default.ForKind((string)target["apiVersion"]!, (string)target["kind"]!)!);
    }

    private static byte[] Status(int code, string reason) =>
        JsonBytes.Serialize(new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["status"] = "Failure", ["reason"] = reason, ["message"] = reason, ["code"] = code });

    private static byte[]? Discovery(string path)
    {
        const string V3 = "/openapi/v3";
        var groupVersions = ServedResources.All.Select(resource => resource.Kind.ApiVersion).Distinct().ToList();
        return path switch
        {
            "/api" => """{"kind":"APIVersions","versions":["v1"]}"""u8.ToArray(),
            "/apis" => JsonBytes.Serialize(Groups(groupVersions)),
            V3 => OpenApiV3.Index(groupVersions.ToDictionary(groupVersion => groupVersion, _ => "00")),
            _ when groupVersions.Find(groupVersion => path == $"{V3}/{OpenApiV3.Path(groupVersion)}") is { } found =>
                OpenApiV3.Document(found, ServedResources.All, SchemaTable.Default, SchemaDescriptions.Load()),
            _ when groupVersions.Find(groupVersion => path == "/" + OpenApiV3.Path(groupVersion)) is { } found => JsonBytes.Serialize(ResourceList(found)),
            _ => null,
        };
    }

    private static JsonObject Groups(List<string> groupVersions) => new()
    {
        ["kind"] = "APIGroupList",
        ["apiVersion"] = "v1",
        ["groups"] = new JsonArray([.. groupVersions.Where(name => name.Contains('/', StringComparison.Ordinal)).GroupBy(name => name.Split('/')[0]).Select(JsonNode (group) => new JsonObject
        {
            ["name"] = group.Key,
            ["versions"] = new JsonArray([.. group.Select(JsonNode (name) => Version(name))]),
            ["preferredVersion"] = Version(group.First()),
        })]),
    };

    private static JsonObject Version(string groupVersion) => new() { ["groupVersion"] = groupVersion, ["version"] = groupVersion.Split('/')[1] };

    private static JsonObject ResourceList(string groupVersion) => new()
    {
        ["kind"] = "APIResourceList",
        ["apiVersion"] = "v1",
        ["groupVersion"] = groupVersion,
        ["resources"] = new JsonArray([.. SchemaTable.Default.Resources.Where(resource => resource.ApiVersion == groupVersion).Select(JsonNode (resource) => new JsonObject
        {
            ["name"] = resource.Plural,
            ["singularName"] = resource.Singular,
            ["namespaced"] = resource.Namespaced,
            ["kind"] = resource.Kind,
            ["verbs"] = new JsonArray([.. resource.Verbs.Select(JsonNode (verb) => JsonValue.Create(verb)!)]),
            ["shortNames"] = new JsonArray([.. resource.ShortNames.Select(JsonNode (name) => JsonValue.Create(name)!)]),
        })]),
    };
}
