using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Strata.Api.Errors;
using Strata.Api.Models;

namespace Strata.Client.Tests.Informers;

/// <summary>A server of one kind that keeps objects and a history of changes, and whose connections break on demand.</summary>
internal sealed class FakeTransport : IApiTransport
{
    private readonly Lock _lock = new(); // Guards everything below.
    private readonly SortedDictionary<string, ConfigMap> _objects = new(StringComparer.Ordinal);
    private readonly List<(long Version, WatchEventType Type, ConfigMap Object)> _history = [];
    private readonly List<Channel<ApiWatchFrame>> _watches = [];
    private long _version = 1;
    private long _oldest = 1;

    public int Lists { get; private set; }

    public int Watches { get; private set; }

    public List<string> Queries { get; } = [];

    /// <summary>While set, every request fails with it.</summary>
    public Exception? Failure { get; set; }

    public void Put(string name, string value, string uid = "")
    {
        lock (_lock)
        {
            var isNew = !_objects.TryGetValue(name, out var known);
            var item = new ConfigMap
            {
                Metadata = new ObjectMeta
                {
                    Namespace = "default",
                    Name = name,
                    Uid = uid.Length > 0 ? uid : known?.Metadata.Uid ?? $"uid-{name}",
                    ResourceVersion = (++_version).ToString(CultureInfo.InvariantCulture),
                },
                Data = new Dictionary<string, string> { ["value"] = value },
            };
            _objects[name] = item;
            Publish(isNew ? WatchEventType.Added : WatchEventType.Modified, item);
        }
    }

    public void Delete(string name)
    {
        lock (_lock)
        {
            _objects.Remove(name, out var item);
            Publish(WatchEventType.Deleted, item!.WithMetadata(item.Metadata with { ResourceVersion = (++_version).ToString(CultureInfo.InvariantCulture) }));
        }
    }

    public void Bookmark()
    {
        lock (_lock)
        {
            var frame = new ApiWatchFrame(WatchEventType.Bookmark, Json(new ConfigMap { Metadata = new ObjectMeta { ResourceVersion = (++_version).ToString(CultureInfo.InvariantCulture) } }));
            _watches.ForEach(watch => watch.Writer.TryWrite(frame));
        }
    }

    /// <summary>Ends every watch, with an error or as the server does after a while.</summary>
    public void Break(Exception? error = null)
    {
        lock (_lock)
        {
            _watches.ForEach(watch => watch.Writer.TryComplete(error));
            _watches.Clear();
        }
    }

    /// <summary>Forgets the history: watches from before are told that their version is gone.</summary>
    public void Compact()
    {
        lock (_lock)
        {
            _history.Clear();
            _oldest = _version;
        }
    }

    public Task<ApiObjectList> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            Lists++;
            Queries.Add(request.Query);
            return Failure is not null
                ? Task.FromException<ApiObjectList>(Failure)
                : Task.FromResult(new ApiObjectList([.. _objects.Values.Select(Json)], _version.ToString(CultureInfo.InvariantCulture), null));
        }
    }

    public async IAsyncEnumerable<ApiWatchFrame> WatchAsync(ApiRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var frames = Open(request);
        await foreach (var frame in frames.Reader.ReadAllAsync(cancellationToken))
        {
            yield return frame;
        }
    }

    public Task<ApiObject> SendAsync(ApiRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<Stream> OpenStreamAsync(ApiRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    private static ApiObject Json(ConfigMap item) => new(ModelJson.Serialize(item));

    private Channel<ApiWatchFrame> Open(ApiRequest request)
    {
        lock (_lock)
        {
            Watches++;
            Queries.Add(request.Query);
            var after = long.Parse(request.Query.Split('&').Single(part => part.StartsWith("resourceVersion=", StringComparison.Ordinal)).Split('=')[1], CultureInfo.InvariantCulture);
            if (Failure is not null)
            {
                throw Failure;
            }

            if (after < _oldest)
            {
                throw ApiErrors.Expired($"too old resource version: {after} ({_oldest})");
            }

            var frames = Channel.CreateUnbounded<ApiWatchFrame>();
            foreach (var (version, type, item) in _history.Where(change => change.Version > after))
            {
                frames.Writer.TryWrite(new ApiWatchFrame(type, Json(item)));
            }

            _watches.Add(frames);
            return frames;
        }
    }

    private void Publish(WatchEventType type, ConfigMap item)
    {
        _history.Add((_version, type, item));
        _watches.ForEach(watch => watch.Writer.TryWrite(new ApiWatchFrame(type, Json(item))));
    }
}
