namespace Strata.Cri.Logs;

/// <summary>Reads container logs as the runtime writes them, for <c>kubectl logs</c>: tail, since, limit, follow.</summary>
/// <remarks>Following looks for more every 10 to 100 ms: cheaper than a file watcher, which costs a thread and does not work
/// on every file system. The log of an earlier run of the container is simply another path.</remarks>
public static class CriLogReader
{
    private const int FirstBufferBytes = 64 * 1024;

    // A line of the runtime has at most 16 KiB of text; something longer without an end is no log.
    private const int LongestLineBytes = 16 * 1024 * 1024;

    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Writes the wanted part of the log to <paramref name="target"/> and flushes after each portion.</summary>
    /// <exception cref="FileNotFoundException">There is no log at <paramref name="path"/>: the container never started.</exception>
    public static Task ReadAsync(string path, CriLogOptions options, Stream target, TimeProvider clock, CancellationToken cancellationToken) =>
        ReadAsync(CriLogFile.Find(path) ?? throw new FileNotFoundException($"there is no log at {path}", path), options, target, clock, cancellationToken);

    /// <summary>The same for a log that is open.</summary>
    /// <param name="file">Closed at the end.</param>
    public static async Task ReadAsync(CriLogFile file, CriLogOptions options, Stream target, TimeProvider clock, CancellationToken cancellationToken)
    {
        try
        {
            if (options.TailLines is { } lines)
            {
                await file.SeekToTailAsync(lines, cancellationToken);
            }
            var output = new CriLogFormatter(options);
            var splitter = new LineSplitter();
            var pause = ShortestPause;
            while (!output.IsFull)
            {
                // Asked before reading: what was written before the end is then certainly read.
                var ended = !options.Follow || options.Ended is { IsCompleted: true };
                var replaced = options.Follow && file.IsReplaced;
                if (await CopyAvailableAsync(file, splitter, output, target, cancellationToken))
                {
                    pause = ShortestPause;
                    continue;
                }
                if (replaced && file.TryOpenNext() is { } next)
                {
                    // The runtime wrote to the old file until the new one was there.
                    while (await CopyAvailableAsync(file, splitter, output, target, cancellationToken))
                    {
                    }
                    splitter.TakeRest(output);
                    file.Dispose();
                    file = next;
                    continue;
                }
                if (ended)
                {
                    await FinishAsync(splitter, output, target, cancellationToken);
                    return;
                }
                await PauseAsync(pause, options.Ended, clock, cancellationToken);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
        finally
        {
            file.Dispose();
        }
    }

    /// <summary>True if there was something.</summary>
    private static async ValueTask<bool> CopyAvailableAsync(
        CriLogFile file, LineSplitter splitter, CriLogFormatter output, Stream target, CancellationToken cancellationToken)
    {
        var length = await file.ReadAsync(splitter.Free, cancellationToken);
        if (length == 0)
        {
            return false;
        }
        splitter.Take(length, output);
        await FlushAsync(output, target, cancellationToken);
        return true;
    }

    /// <summary>A last line whose end was never written is given as it is.</summary>
    private static async ValueTask FinishAsync(
        LineSplitter splitter, CriLogFormatter output, Stream target, CancellationToken cancellationToken)
    {
        splitter.TakeRest(output);
        await FlushAsync(output, target, cancellationToken);
    }

    private static async ValueTask FlushAsync(CriLogFormatter output, Stream target, CancellationToken cancellationToken)
    {
        if (output.Output.Length > 0)
        {
            await target.WriteAsync(output.Output, cancellationToken);
            await target.FlushAsync(cancellationToken);
            output.ClearOutput();
        }
    }

    private static async Task PauseAsync(TimeSpan pause, Task? ended, TimeProvider clock, CancellationToken cancellationToken)
    {
        var delay = Task.Delay(pause, clock, cancellationToken);
        await await Task.WhenAny(delay, ended is { IsCompleted: false } ? ended.ContinueWith(
            static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Current) : delay);
    }

    /// <summary>Cuts the read bytes into lines and keeps the begun one.</summary>
    private sealed class LineSplitter
    {
        private byte[] _buffer = new byte[FirstBufferBytes];
        private int _length;

        public Memory<byte> Free => _buffer.AsMemory(_length);

        public void Take(int added, CriLogFormatter output)
        {
            _length += added;
            var rest = _buffer.AsSpan(0, _length);
            for (int end; (end = rest.IndexOf((byte)'\n')) >= 0 && !output.IsFull; rest = rest[(end + 1)..])
            {
                output.Add(rest[..end]);
            }
            rest.CopyTo(_buffer);
            _length = rest.Length;
            if (_length == _buffer.Length)
            {
                Grow();
            }
        }

        public void TakeRest(CriLogFormatter output)
        {
            output.Add(_buffer.AsSpan(0, _length));
            _length = 0;
        }

        private void Grow()
        {
            if (_buffer.Length >= LongestLineBytes)
            {
                throw new InvalidDataException($"the log has a line of more than {LongestLineBytes} bytes");
            }
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }
    }
}
