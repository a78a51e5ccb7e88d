using System.Buffers;

namespace Strata.Cri.Logs;

/// <summary>Turns lines of the file into output: filters, joins parts, puts times in front, stops at the limit.</summary>
/// <remarks>Hot type: works on bytes, one output buffer per block of input.</remarks>
internal sealed class CriLogFormatter(CriLogOptions options)
{
    private const int FractionDigits = 9;

    // "2026-01-02T03:04:05" is 19 long.
    private const int SecondsLength = 19;

    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly long _sinceTicks = options.SinceTime?.UtcTicks ?? 0;
    private long _left = options.LimitBytes ?? long.MaxValue;
    private bool _sinceReached = options.SinceTime is null;
    private bool _atLineStart = true;

    public bool IsFull => _left <= 0;

    public ReadOnlyMemory<byte> Output => _output.WrittenMemory;

    public void ClearOutput() => _output.ResetWrittenCount();

    /// <summary>A line that is not in the format is skipped: it is not the container's output.</summary>
    public void Add(ReadOnlySpan<byte> line)
    {
        if (!CriLogLine.TryParse(line, out var parsed) || (options.Streams & parsed.Stream) == 0 || !IsWanted(parsed.Timestamp))
        {
            return;
        }
        if (options.Timestamps && _atLineStart)
        {
            WriteTimestamp(parsed.Timestamp);
        }
        Write(parsed.Text);
        if (!parsed.IsPartial)
        {
            Write("\n"u8);
        }
        _atLineStart = !parsed.IsPartial;
    }

    private bool IsWanted(ReadOnlySpan<byte> timestamp)
    {
        // Times only grow within a log, so the first match ends the comparing.
        _sinceReached = _sinceReached || CriLogLine.TryReadTime(timestamp, out var ticks) && ticks >= _sinceTicks;
        return _sinceReached;
    }

    /// <summary>containerd leaves out trailing zeros; the API shows nine digits.</summary>
    private void WriteTimestamp(ReadOnlySpan<byte> timestamp)
    {
        Write(timestamp[..SecondsLength]);
        var rest = timestamp[SecondsLength..];
        var digits = 0;
        if (rest[0] == '.')
        {
            rest = rest[1..];
            digits = rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9') is var end and >= 0 ? end : rest.Length;
        }
        Write("."u8);
        Write(rest[..digits]);
        Write("000000000"u8[Math.Min(digits, FractionDigits)..]);
        Write(rest[digits..]);
        Write(" "u8);
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _left)
        {
            bytes = bytes[..(int)Math.Max(0, _left)];
        }
        _left -= bytes.Length;
        _output.Write(bytes);
    }
}
