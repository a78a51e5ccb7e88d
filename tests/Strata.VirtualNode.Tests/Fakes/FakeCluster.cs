using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Api.Patches;
using Strata.Api.Schema;
using Strata.Api.Selectors;
using Strata.Client;

namespace Strata.VirtualNode.Tests.Fakes;

/// <summary>A Kubernetes API in memory, of any kind of object: versions, selectors, watches, patches, finalizers, graceful deletion and UID preconditions as the real one
/// has them. Nothing is defaulted or validated.</summary>
internal sealed class FakeCluster(TimeProvider clock) : IApiTransport
{
    private readonly Lock _lock = new(); // Guards everything below.
    private readonly Dictionary<string, JsonObject> _objects = [];
    private readonly List<Action<WatchEventType, ApiPath, JsonObject>> _watchers = [];
    private readonly List<string> _requests = [];
    private long _version = 100;

    public KubeClient Client => new(this);

    /// <summary>Thrown by every request while set.</summary>
    public ApiException? Failure { get; set; }

    /// <summary>Called after each change, outside the lock: lets a test play scheduler or host.</summary>
    public Action<JsonObject> Changed { get; set; } = _ => { };

    /// <summary>Method and path of every write so far.</summary>
    public IReadOnlyList<string> Writes
    {
        get
        {
            lock (_lock)
            {
                return [.. _requests];
            }
        }
    }

    public IReadOnlyList<T> All<T>()
        where T : class, IKubeObject<T>
    {
        lock (_lock)
        {
            return [.. _objects.Where(entry => ApiPath.Parse(entry.Key).Plural == T.Info.Plural).Select(entry => Typed<T>(entry.Value))];
        }
    }

    public async Task<ApiObject> SendAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        await Task.Yield();
        Check(request);
        var path = ApiPath.Parse(request.Path);
        JsonObject answer;
        lock (_lock)
        {
            answer = request.Method.Method switch
            {
                "GET" => Find(path),
                "POST" when path.Subresource.Length > 0 => PostSubresource(path, Body(request)),
                "POST" => Create(path, Body(request)),
                "PUT" => Update(path, Body(request)),
                "PATCH" => Update(path, Patched(path, request)),
                "DELETE" => Delete(path, request.Body.IsEmpty ? [] : Body(request)),
                _ => throw ApiErrors.MethodNotAllowed(request.Method.Method),
            };
            answer = answer.DeepClone().AsObject();
        }

        Changed(answer);
        return Object(answer);
    }

    public Task<ApiObjectList> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        Check(request);
        lock (_lock)
        {
            var selector = new Selection(ApiPath.Parse(request.Path), request.Query);
            return Task.FromResult(new ApiObjectList([.. _objects.Where(entry => selector.Matches(ApiPath.Parse(entry.Key), entry.Value)).Select(entry => Object(entry.Value))], $"{_version}", null));
        }
    }

    public async IAsyncEnumerable<ApiWatchFrame> WatchAsync(ApiRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Check(request);
        var selector = new Selection(ApiPath.Parse(request.Path), request.Query);
        var frames = Channel.CreateUnbounded<ApiWatchFrame>();
        void Watcher(WatchEventType type, ApiPath path, JsonObject value)
        {
            if (selector.Matches(path, value))
            {
                frames.Writer.TryWrite(new ApiWatchFrame(type, Object(value)));
            }
        }

        lock (_lock)
        {
            // What changed between the list and this watch.
            foreach (var (path, value) in _objects.Where(entry => long.Parse((string)entry.Value["metadata"]!["resourceVersion"]!) > selector.Version))
            {
                Watcher(WatchEventType.Modified, ApiPath.Parse(path), value);
            }

            _watchers.Add(Watcher);
        }

        await foreach (var frame in frames.Reader.ReadAllAsync(cancellationToken))
        {
            yield return frame;
        }
    }

    public Task<Stream> OpenStreamAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        Check(request);
        return Task.FromResult<Stream>(new MemoryStream("one\ntwo\nthree\n"u8.ToArray()));
    }

    private void Check(ApiRequest request)
    {
        lock (_lock)
        {
            if (Failure is { } failure)
            {
                throw failure;
            }

            if (request.Method != HttpMethod.Get)
            {
                _requests.Add($"{request.Method} {request.Path}");
            }
        }
    }

    private JsonObject Find(ApiPath path) =>
        _objects.GetValueOrDefault(path.Key) ?? throw ApiErrors.NotFound(new KindInfo(path.Group, path.Version, "", path.Plural, path.Namespace.Length > 0), path.Name);

    private JsonObject Create(ApiPath collection, JsonObject value)
    {
        if (collection.Plural == "subjectaccessreviews")
        {
            value["status"] = new JsonObject { ["allowed"] = false };
            return value;
        }

        var metadata = Metadata(value);
        var path = collection with { Name = (string)metadata["name"]! };
        if (_objects.ContainsKey(path.Key))
        {
            throw ApiErrors.AlreadyExists(new KindInfo(path.Group, path.Version, "", path.Plural, true), path.Name);
        }

        metadata["uid"] ??= $"uid-{_version}";
        metadata["creationTimestamp"] = KubeTime.Format(clock.GetUtcNow());
        metadata["generation"] = 1;
        return Store(path, value, WatchEventType.Added);
    }

    private JsonObject Update(ApiPath path, JsonObject value)
    {
        var known = Find(path);
        if (Metadata(value)["resourceVersion"] is { } version && (string)version! != (string)Metadata(known)["resourceVersion"]!)
        {
            throw ApiErrors.Modified(new KindInfo(path.Group, path.Version, "", path.Plural, true), path.Name);
        }

        var isFinished = Metadata(value)["deletionTimestamp"] is not null && (Metadata(value)["finalizers"] as JsonArray ?? []).Count == 0
            && (path.Plural != "pods" || (long?)Metadata(value)["deletionGracePeriodSeconds"] == 0);
        return isFinished ? Remove(path, value) : Store(path with { Subresource = "" }, value, WatchEventType.Modified);
    }

    private JsonObject Patched(ApiPath path, ApiRequest request)
    {
        var known = Find(path);
        var patch = Body(request);
        if ((string?)patch["metadata"]?["uid"] is { } uid && uid != (string)Metadata(known)["uid"]!)
        {
            throw ApiErrors.Conflict(new KindInfo(path.Group, path.Version, "", path.Plural, true), path.Name, "Precondition failed: UID in precondition");
        }

        return request.ContentType!.Contains("strategic", StringComparison.Ordinal)
            ? StrategicMergePatch.Apply(known, patch, SchemaTable.Default.ForKind((string)known["apiVersion"]!, (string)known["kind"]!)!)
            : MergePatch.Apply(known, patch)!.AsObject();
    }

    private JsonObject Delete(ApiPath path, JsonObject options)
    {
        var value = Find(path).DeepClone().AsObject();
        if ((string?)options["preconditions"]?["uid"] is { } uid && uid != (string)Metadata(value)["uid"]!)
        {
            throw ApiErrors.Conflict(new KindInfo(path.Group, path.Version, "", path.Plural, true), path.Name, "Precondition failed: UID in precondition");
        }

        var isPod = path.Plural == "pods" && value["spec"]?["nodeName"] is not null;
        var grace = isPod ? (long?)options["gracePeriodSeconds"] ?? (long?)value["spec"]!["terminationGracePeriodSeconds"] ?? 30 : 0;
        var metadata = Metadata(value);
        metadata["deletionTimestamp"] ??= KubeTime.Format(clock.GetUtcNow());
        metadata["deletionGracePeriodSeconds"] = grace;
        return grace == 0 && (metadata["finalizers"] as JsonArray ?? []).Count == 0 ? Remove(path, value) : Store(path, value, WatchEventType.Modified);
    }

    private JsonObject PostSubresource(ApiPath path, JsonObject body)
    {
        if (path.Subresource == "token")
        {
            body["status"] = new JsonObject { ["token"] = $"token-{++_version}", ["expirationTimestamp"] = KubeTime.Format(clock.GetUtcNow().AddHours(1)) };
        }

        return body;
    }

    private JsonObject Store(ApiPath path, JsonObject value, WatchEventType type)
    {
        var stored = value.DeepClone().AsObject();
        Metadata(stored)["resourceVersion"] = $"{++_version}";
        _objects[path.Key] = stored;
        Tell(type, path, stored);
        return stored;
    }

    private JsonObject Remove(ApiPath path, JsonObject value)
    {
        var last = value.DeepClone().AsObject();
        Metadata(last)["resourceVersion"] = $"{++_version}";
        _objects.Remove(path.Key);
        Tell(WatchEventType.Deleted, path, last);
        return last;
    }

    private void Tell(WatchEventType type, ApiPath path, JsonObject value)
    {
        foreach (var watcher in _watchers)
        {
            watcher(type, path, value);
        }
    }

    private static JsonObject Metadata(JsonObject value) => value["metadata"]!.AsObject();

    private static JsonObject Body(ApiRequest request) => JsonNode.Parse(request.Body.Span)!.AsObject();

    private static ApiObject Object(JsonObject value) => new(JsonSerializer.SerializeToUtf8Bytes(value));

    private static T Typed<T>(JsonObject value)
        where T : class, IKubeObject<T> => ModelJson.Parse<T>(JsonSerializer.SerializeToUtf8Bytes(value));

    private sealed class Selection
    {
        private readonly ApiPath _path;
        private readonly LabelQuery _labels;
        private readonly (string Field, string Value)[] _fields;

        public Selection(ApiPath path, string query)
        {
            _path = path;
            var parameters = query.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('=', 2)).ToDictionary(part => part[0], part => Uri.UnescapeDataString(part[1]));
            _labels = LabelQuery.Parse(parameters.GetValueOrDefault("labelSelector", ""));
            _fields = [.. parameters.GetValueOrDefault("fieldSelector", "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('=', 2)).Select(part => (part[0], part[1]))];
            Version = long.Parse(parameters.GetValueOrDefault("resourceVersion", "0"));
        }

        public long Version { get; }

        public bool Matches(ApiPath path, JsonObject value) =>
            path.Group == _path.Group && path.Plural == _path.Plural && (_path.Namespace.Length == 0 || path.Namespace == _path.Namespace)
            && _labels.Matches((value["metadata"]!["labels"] as JsonObject ?? []).ToDictionary(label => label.Key, label => (string)label.Value!))
            && _fields.All(field => FieldOf(value, field.Field) == field.Value);

        private static string FieldOf(JsonObject value, string field) =>
            (string?)field.Split('.').Aggregate((JsonNode?)value, (node, name) => node?[name]) ?? "";
    }
}
