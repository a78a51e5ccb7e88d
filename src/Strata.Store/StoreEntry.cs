namespace Strata.Store;

/// <summary>One key as of one revision.</summary>
/// <param name="key">The key.</param>
/// <param name="value">The bytes as written; may be empty.</param>
/// <param name="createRevision">Revision of the write that brought the key into being (again, after a deletion).</param>
/// <param name="modRevision">Revision of the write that made this value.</param>
/// <param name="version">Number of writes since creation, counting from 1.</param>
public sealed class StoreEntry(
    ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value, long createRevision, long modRevision, long version)
{
    public ReadOnlyMemory<byte> Key { get; } = key;

    public ReadOnlyMemory<byte> Value { get; } = value;

    public long CreateRevision { get; } = createRevision;

    public long ModRevision { get; } = modRevision;

    public long Version { get; } = version;

    /// <summary>The entry that a write of <paramref name="value"/> at <paramref name="revision"/> leaves behind.</summary>
    internal static StoreEntry Next(
        StoreEntry? current, ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value, long revision) =>
        current is null
            ? new StoreEntry(key, value, revision, revision, 1)
            : new StoreEntry(key, value, current.CreateRevision, revision, current.Version + 1);
}
