namespace Strata.Store.Sqlite;

/// <summary>Watches the size of the write-ahead log. Only the commit loop's thread uses it.</summary>
internal sealed class LogFile
{
    private readonly string _path;
    private readonly long _maxBytes;
    private long _limit;

    public LogFile(string path, long maxBytes)
    {
        _path = path;
        _limit = _maxBytes = maxBytes;
    }

    public long Length { get; private set; }

    public bool IsTooLarge()
    {
        var file = new FileInfo(_path);
        Length = file.Exists ? file.Length : 0;
        return Length > _limit;
    }

    /// <summary>If it has not shrunk, a reader was too slow to be waited for: it may then grow by a quarter before the next try.</summary>
    public void Checkpointed() => _limit = IsTooLarge() ? Length + (_maxBytes / 4) : _maxBytes;
}
