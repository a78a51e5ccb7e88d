using Microsoft.Win32.SafeHandles;

namespace Strata.Cri.Logs;

/// <summary>An open log file and the position in it; notices when the file at the path became another one.</summary>
public sealed class CriLogFile : IDisposable
{
    private const int TailBlockBytes = 64 * 1024;

    private readonly SafeFileHandle _handle;
    private readonly string _path;
    private readonly string _linkPath;
    private readonly string? _openedAs;
    private readonly bool _wasRotated;

    private CriLogFile(SafeFileHandle handle, string path)
    {
        _handle = handle;
        _path = path;
        _linkPath = $"/proc/self/fd/{handle.DangerousGetHandle()}";
        _openedAs = CurrentName();
        _wasRotated = _openedAs is not null && Path.GetFileName(_openedAs).StartsWith(RotatedPrefix(path), StringComparison.Ordinal);
    }

    internal long Position { get; set; }

    /// <summary>True once the file was renamed or deleted, which is how logs are rotated. (The kernel keeps the link in
    /// <c>/proc/self/fd</c> up to date.)</summary>
    internal bool IsReplaced => _wasRotated || CurrentName() != _openedAs;

    /// <summary>Opens the log. Between a rotation and the runtime's reopening nothing is at the path; the log is then the file that was just rotated away.</summary>
    /// <returns>Null when there is none: the container never started, or its log was removed.</returns>
    public static CriLogFile? Find(string path)
    {
        if (TryOpen(path, path) is { } current)
        {
            return current;
        }

        var newest = Directory.Exists(Path.GetDirectoryName(path))
            ? Directory.EnumerateFiles(Path.GetDirectoryName(path)!, RotatedPrefix(path) + "*").Where(static name => !name.EndsWith(".gz", StringComparison.Ordinal)).Max(StringComparer.Ordinal)
            : null;

        // Once more in the end: a new file may have come since, and then the rotated one is not the whole story.
        return (newest is null ? null : TryOpen(newest, path)) ?? TryOpen(path, path);
    }

    /// <summary>The file that has taken this one's place; null while there is none.</summary>
    internal CriLogFile? TryOpenNext() => TryOpen(_path, _path);

    internal async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var length = await RandomAccess.ReadAsync(_handle, buffer, Position, cancellationToken);
        if (length == 0 && RandomAccess.GetLength(_handle) < Position)
        {
            Position = 0; // Truncated in place.
        }
        Position += length;
        return length;
    }

    /// <summary>Moves to the start of the last <paramref name="lines"/> lines. A last line without its end counts as one.</summary>
    internal async ValueTask SeekToTailAsync(long lines, CancellationToken cancellationToken)
    {
        var end = RandomAccess.GetLength(_handle);
        Position = end;
        if (lines == 0 || end == 0)
        {
            return;
        }
        var buffer = new byte[TailBlockBytes];
        var found = 0L;
        for (var blockEnd = end; blockEnd > 0;)
        {
            var blockStart = Math.Max(0, blockEnd - TailBlockBytes);
            var block = buffer.AsMemory(0, (int)(blockEnd - blockStart));
            var length = await RandomAccess.ReadAsync(_handle, block, blockStart, cancellationToken);
            for (var i = length - 1; i >= 0; i--)
            {
                // The end of the very last line does not begin another one.
                if (buffer[i] == '\n' && blockStart + i != end - 1 && ++found == lines)
                {
                    Position = blockStart + i + 1;
                    return;
                }
            }
            blockEnd = blockStart;
        }
        Position = 0;
    }

    public void Dispose() => _handle.Dispose();

    private static string RotatedPrefix(string path) => Path.GetFileName(path) + ".";

    private static CriLogFile? TryOpen(string name, string path)
    {
        try
        {
            return new(File.OpenHandle(name, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan), path);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private string? CurrentName() => new FileInfo(_linkPath).LinkTarget;
}
