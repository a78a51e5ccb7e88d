namespace Strata.ApiServer.Cache;

/// <summary>One object as of one revision, ready to be served. Immutable.</summary>
/// <param name="key">The store key.</param>
/// <param name="json">See <see cref="Json"/>.</param>
/// <param name="revision">See <see cref="Revision"/>.</param>
internal sealed class CacheEntry(string key, ReadOnlyMemory<byte> json, long revision, StoredMetadata metadata,
    IReadOnlyDictionary<string, string> fields)
{
    private object? _parsed;

    public string Key { get; } = key;

    /// <summary>The object's UTF-8 JSON as clients get it: <c>metadata.resourceVersion</c> is in it (the stored form has none).
    /// Lists and watch frames are made by copying these bytes.</summary>
    public ReadOnlyMemory<byte> Json { get; } = json;

    /// <summary>The revision written in <see cref="Json"/>: of the object's last write, or of its deletion.</summary>
    public long Revision { get; } = revision;

    /// <summary>Empty for objects that have no namespace.</summary>
    public string Namespace => metadata.Namespace;

    public string Name => metadata.Name;

    public IReadOnlyDictionary<string, string> Labels => metadata.Labels;

    /// <summary>What field selectors of this kind can match, <c>metadata.name</c> and <c>metadata.namespace</c> included.</summary>
    public IReadOnlyDictionary<string, string> Fields { get; } = fields;

    /// <summary>The object in another form, made on first use and shared by all who ask: nobody may change it. A kind uses one
    /// form only, so the type is the same in every call.</summary>
    public T Parsed<T>(Func<ReadOnlyMemory<byte>, T> parse)
        where T : class
    {
        if (_parsed is null)
        {
            Interlocked.CompareExchange(ref _parsed, parse(Json), null);
        }
        return (T)_parsed;
    }

    /// <summary>The same object in another form: of another version of its kind.</summary>
    internal CacheEntry WithJson(ReadOnlyMemory<byte> json) => new(Key, json, Revision, metadata, Fields);

    /// <summary>The same contents, shown as of a later revision: how a deletion shows the last state.</summary>
    internal CacheEntry AtRevision(long revision) =>
        new(Key, StoredObject.WithResourceVersion(Json.Span, revision), revision, metadata, Fields);
}
