using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Client;

namespace Strata.NodeAgent.Tests.Fakes;

/// <summary>As much of an API server as a node agent needs, in memory: objects, watches, status patches, graceful deletion of pods, tokens.</summary>
internal sealed class FakeKubeApi(TimeProvider clock) : IApiTransport
{
    private static readonly Dictionary<string, string> MergeKeys = new() { ["conditions"] = "type", ["addresses"] = "type", ["podIPs"] = "ip", ["hostIPs"] = "ip" };

    private readonly Lock _lock = new();
    private readonly Dictionary<ObjectPath, JsonObject> _objects = [];
    private readonly List<Watcher> _watchers = [];
    private readonly List<string> _log = [];
    private long _version = 1;
    private int _uids;

    /// <summary>Every write, as "METHOD path".</summary>
    public IReadOnlyList<string> Log
    {
        get
        {
            lock (_lock)
            {
                return [.. _log];
            }
        }
    }

    /// <summary>When set, every call fails with this message.</summary>
    public string? Down { get; set; }

    public IReadOnlyList<T> All<T>()
        where T : class, IKubeObject<T>
    {
        lock (_lock)
        {
            return [.. _objects.Where(pair => pair.Key.Plural == T.Info.Plural).Select(pair => Encode(pair.Value).As<T>())];
        }
    }

    public Task<ApiObject> SendAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (Down is { } problem)
        {
            throw ApiErrors.Unavailable(problem);
        }

        var (path, subresource) = ObjectPath.Parse(request.Path);
        var body = request.Body.IsEmpty ? null : JsonNode.Parse(request.Body.Span)!.AsObject();
        lock (_lock)
        {
            if (request.Method != HttpMethod.Get)
            {
                _log.Add($"{request.Method} {request.Path}");
            }

            return Task.FromResult(request.Method.Method switch
            {
                "GET" => Encode(Find(path)),
                "POST" when subresource == "token" => Token(body!),
                "POST" when path.Plural == "subjectaccessreviews" => Encode(body!), // Allows nobody.
                "POST" => Create(path, body!),
                "PUT" => Store(path, Merge(Find(path), body!), "MODIFIED"),
                "PATCH" => Patch(path, subresource, body!),
                "DELETE" => Delete(path, body),
                _ => throw ApiErrors.MethodNotAllowed(request.Method.Method),
            });
        }
    }

    public Task<ApiObjectList> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (Down is { } problem)
        {
            throw ApiErrors.Unavailable(problem);
        }

        var filter = Filter.Parse(request);
        lock (_lock)
        {
            var items = _objects.Where(pair => filter.Matches(pair.Key, pair.Value)).OrderBy(pair => pair.Key.ToString(), StringComparer.Ordinal).Select(pair => Encode(pair.Value));
            return Task.FromResult(new ApiObjectList([.. items], $"{_version}", null));
        }
    }

    public async IAsyncEnumerable<ApiWatchFrame> WatchAsync(ApiRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var watcher = new Watcher(Filter.Parse(request));
        lock (_lock)
        {
            var after = long.TryParse(Query(request, "resourceVersion"), out var version) ? version : 0;
            foreach (var (path, value) in _objects)
            {
                if (watcher.Filter.Matches(path, value) && Version(value) > after)
                {
                    watcher.Frames.Writer.TryWrite(new ApiWatchFrame(WatchEventType.Added, Encode(value)));
                }
            }

            _watchers.Add(watcher);
        }

        await foreach (var frame in watcher.Frames.Reader.ReadAllAsync(cancellationToken))
        {
            yield return frame;
        }
    }

    public Task<Stream> OpenStreamAsync(ApiRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    private static string? Query(ApiRequest request, string name) => request.Query.Split('&')
        .Select(part => part.Split('=', 2)).Where(part => part[0] == name).Select(part => Uri.UnescapeDataString(part[1])).FirstOrDefault();

    private static long Version(JsonObject value) => long.Parse((string)value["metadata"]!["resourceVersion"]!, System.Globalization.CultureInfo.InvariantCulture);

    private static ApiObject Encode(JsonObject value) => new(System.Text.Encoding.UTF8.GetBytes(value.ToJsonString()));

    private JsonObject Find(ObjectPath path) => _objects.TryGetValue(path, out var value)
        ? value
        : throw ApiErrors.NotFound(new KindInfo("", "v1", path.Plural, path.Plural, true), path.Name);

    private ApiObject Create(ObjectPath path, JsonObject body)
    {
        var metadata = body["metadata"]!.AsObject();
        path = path with { Name = (string)metadata["name"]! };
        if (_objects.ContainsKey(path))
        {
            throw ApiErrors.AlreadyExists(new KindInfo("", "v1", path.Plural, path.Plural, true), path.Name);
        }

        metadata["uid"] ??= $"00000000-0000-4000-8000-{++_uids:x12}";
        metadata["generation"] = 1;
        metadata["creationTimestamp"] = KubeTime.Format(clock.GetUtcNow());
        return Store(path, body, "ADDED");
    }

    private ApiObject Store(ObjectPath path, JsonObject value, string change)
    {
        value["metadata"]!["resourceVersion"] = $"{++_version}";
        _objects[path] = value;
        return Tell(path, value, change);
    }

    private ApiObject Tell(ObjectPath path, JsonObject value, string change)
    {
        var encoded = Encode(value);
        var type = change switch { "ADDED" => WatchEventType.Added, "DELETED" => WatchEventType.Deleted, _ => WatchEventType.Modified };
        foreach (var watcher in _watchers.Where(watcher => watcher.Filter.Matches(path, value)))
        {
            watcher.Frames.Writer.TryWrite(new ApiWatchFrame(type, encoded));
        }

        return encoded;
    }

    private ApiObject Patch(ObjectPath path, string? subresource, JsonObject patch)
    {
        var current = Find(path);
        if ((string?)patch["metadata"]?["uid"] is { } uid && uid != (string?)current["metadata"]!["uid"])
        {
            throw ApiErrors.Conflict(new KindInfo("", "v1", "Pod", path.Plural, true), path.Name, "the UID in the precondition does not match");
        }

        // As the real server: a status patch changes nothing but the status.
        var merged = Merge(current, subresource == "status" ? new JsonObject { ["status"] = patch["status"]?.DeepClone() } : patch);
        if (subresource is null && !JsonNode.DeepEquals(merged["spec"], current["spec"]))
        {
            merged["metadata"]!["generation"] = (long)current["metadata"]!["generation"]! + 1;
        }

        return Store(path, merged, "MODIFIED");
    }

    private ApiObject Delete(ObjectPath path, JsonObject? options)
    {
        var current = Find(path);
        if ((string?)options?["preconditions"]?["uid"] is { } uid && uid != (string?)current["metadata"]!["uid"])
        {
            throw ApiErrors.Conflict(new KindInfo("", "v1", "Pod", path.Plural, true), path.Name, "the UID in the precondition does not match");
        }

        var grace = (long?)options?["gracePeriodSeconds"] ?? (long?)current["spec"]?["terminationGracePeriodSeconds"] ?? 30;
        if (path.Plural != "pods" || grace == 0 || current["spec"]?["nodeName"] is null)
        {
            _objects.Remove(path);
            current["metadata"]!["resourceVersion"] = $"{++_version}";
            return Tell(path, current, "DELETED");
        }

        var next = current.DeepClone().AsObject();
        next["metadata"]!["deletionTimestamp"] ??= KubeTime.Format(clock.GetUtcNow().AddSeconds(grace));
        next["metadata"]!["deletionGracePeriodSeconds"] = grace;
        return Store(path, next, "MODIFIED");
    }

    private ApiObject Token(JsonObject request)
    {
        var seconds = (long?)request["spec"]?["expirationSeconds"] ?? 3600;
        request["status"] = new JsonObject { ["token"] = $"token-{++_version}", ["expirationTimestamp"] = KubeTime.Format(clock.GetUtcNow().AddSeconds(seconds)) };
        return Encode(request);
    }

    private static JsonObject Merge(JsonObject target, JsonObject patch)
    {
        var result = target.DeepClone().AsObject();
        foreach (var (name, value) in patch)
        {
            if (value is null)
            {
                result.Remove(name);
            }
            else if (value is JsonObject child && result[name] is JsonObject existing)
            {
                result[name] = Merge(existing, child);
            }
            else if (value is JsonArray list && MergeKeys.TryGetValue(name, out var key))
            {
                result[name] = MergeList(result[name] as JsonArray ?? [], list, key);
            }
            else
            {
                result[name] = value.DeepClone();
            }
        }

        return result;
    }

    private static JsonArray MergeList(JsonArray target, JsonArray patch, string key)
    {
        var items = target.Select(item => item!.DeepClone().AsObject()).ToList();
        foreach (var change in patch.Select(item => item!.AsObject()))
        {
            var index = items.FindIndex(item => (string?)item[key] == (string?)change[key]);
            if ((string?)change["$patch"] == "delete")
            {
                items.RemoveAll(item => (string?)item[key] == (string?)change[key]);
            }
            else if (index >= 0)
            {
                items[index] = Merge(items[index], change);
            }
            else
            {
                items.Add(change.DeepClone().AsObject());
            }
        }

        return new JsonArray([.. items]);
    }

    private sealed record Watcher(Filter Filter)
    {
        public Channel<ApiWatchFrame> Frames { get; } = Channel.CreateUnbounded<ApiWatchFrame>();
    }

    private sealed record ObjectPath(string Plural, string Namespace, string Name)
    {
        public static (ObjectPath Path, string? Subresource) Parse(string path)
        {
            var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Skip(path.StartsWith("/apis/", StringComparison.Ordinal) ? 3 : 2).ToList();
            var space = "";
            if (parts.Count > 2 && parts[0] == "namespaces")
            {
                space = parts[1];
                parts.RemoveRange(0, 2);
            }

            return (new ObjectPath(parts[0], space, parts.ElementAtOrDefault(1) ?? ""), parts.ElementAtOrDefault(2));
        }
    }

    private sealed record Filter(string Plural, string Namespace, string Field, string Value)
    {
        public static Filter Parse(ApiRequest request)
        {
            var (path, _) = ObjectPath.Parse(request.Path);
            var selector = Query(request, "fieldSelector")?.Split('=', 2) ?? ["", ""];
            return new Filter(path.Plural, path.Namespace, selector[0], selector[1]);
        }

        public bool Matches(ObjectPath path, JsonObject value) =>
            path.Plural == Plural && (Namespace.Length == 0 || Namespace == path.Namespace)
            && (Field.Length == 0 || (string?)Field.Split('.').Aggregate((JsonNode?)value, (node, name) => node?[name]) == Value);
    }
}
