using Microsoft.Win32.SafeHandles;

namespace Strata.Cri.Logs;

/// <summary>An open log file and the position in it; notices when the file at the path became another one.</summary>
internal sealed class CriLogFile : IDisposable
{
    private const int TailBlockBytes = 64 * 1024;

    private readonly SafeFileHandle _handle;
    private readonly string _linkPath;
    private readonly string? _openedAs;

    private CriLogFile(SafeFileHandle handle)
    {
        _handle = handle;
        _linkPath = $"/proc/self/fd/{handle.DangerousGetHandle()}";
        _openedAs = CurrentName();
    }

    public long Position { get; set; }

    /// <summary>True once the file was renamed or deleted, which is how logs are rotated. (The kernel keeps the link in
    /// <c>/proc/self/fd</c> up to date.)</summary>
    public bool IsReplaced => CurrentName() != _openedAs;

    public static CriLogFile Open(string path) =>
        new(File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan));

    /// <summary>Null while there is no file: between a rename and the runtime's reopening.</summary>
    public static CriLogFile? TryOpen(string path) => File.Exists(path) ? Open(path) : null;

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
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
    public async ValueTask SeekToTailAsync(long lines, CancellationToken cancellationToken)
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

    private string? CurrentName() => new FileInfo(_linkPath).LinkTarget;
}
