using System.Buffers.Text;

namespace Strata.Cri.Logs;

/// <summary>One line of a CRI log: <c>2026-01-02T03:04:05.678901234Z stdout F text</c>. (Kubernetes' "CRI container log
/// format"; P marks a part that the next line continues, F a full line or the last part.)</summary>
/// <remarks>Hot type: no allocation. The fields are slices of the read buffer.</remarks>
internal readonly ref struct CriLogLine
{
    private CriLogLine(ReadOnlySpan<byte> timestamp, CriLogStreams stream, bool isPartial, ReadOnlySpan<byte> text)
    {
        Timestamp = timestamp;
        Stream = stream;
        IsPartial = isPartial;
        Text = text;
    }

    public ReadOnlySpan<byte> Timestamp { get; }

    public CriLogStreams Stream { get; }

    public bool IsPartial { get; }

    /// <summary>Without the line end.</summary>
    public ReadOnlySpan<byte> Text { get; }

    /// <summary>False for what is no line of the format.</summary>
    /// <param name="line">Without the line end.</param>
    public static bool TryParse(ReadOnlySpan<byte> line, out CriLogLine parsed)
    {
        parsed = default;
        if (!TryCut(ref line, out var timestamp) || !TryCut(ref line, out var stream) || timestamp.Length < 20)
        {
            return false;
        }
        // The tag ends at a space, or at the end of the line when the text is empty. More tags may follow after a colon.
        if (!TryCut(ref line, out var tags))
        {
            tags = line;
            line = [];
        }
        var which = stream.SequenceEqual("stdout"u8) ? CriLogStreams.Stdout
            : stream.SequenceEqual("stderr"u8) ? CriLogStreams.Stderr : 0;
        if (which == 0 || tags.IsEmpty || tags[0] is not ((byte)'P' or (byte)'F'))
        {
            return false;
        }
        parsed = new CriLogLine(timestamp, which, tags[0] == 'P', line);
        return true;
    }

    /// <summary>Reads RFC 3339 with up to nine digits and any offset, in ticks of UTC; false if it is something else.</summary>
    public static bool TryReadTime(ReadOnlySpan<byte> timestamp, out long utcTicks)
    {
        // The round-trip format of .NET takes exactly seven digits, and containerd trims trailing zeros: so by hand.
        utcTicks = 0;
        if (!Utf8Parser.TryParse(timestamp[..Math.Min(4, timestamp.Length)], out int year, out _) || timestamp.Length < 20
            || !TryNumber(timestamp.Slice(5, 2), out var month) || !TryNumber(timestamp.Slice(8, 2), out var day)
            || !TryNumber(timestamp.Slice(11, 2), out var hour) || !TryNumber(timestamp.Slice(14, 2), out var minute)
            || !TryNumber(timestamp.Slice(17, 2), out var second)
            || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)
            || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }
        var rest = timestamp[19..];
        var fraction = CutFraction(ref rest);
        utcTicks = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc).Ticks + fraction;
        if (rest is [(byte)'Z'])
        {
            return true;
        }
        if (rest.Length != 6 || !TryNumber(rest[1..3], out var hours) || !TryNumber(rest[4..6], out var minutes))
        {
            return false;
        }
        var offset = (hours * 60L + minutes) * TimeSpan.TicksPerMinute;
        utcTicks += rest[0] == '-' ? offset : -offset;
        return true;
    }

    private static long CutFraction(ref ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty || rest[0] != '.')
        {
            return 0;
        }
        long ticks = 0;
        var unit = TimeSpan.TicksPerSecond / 10;
        var i = 1;
        for (; i < rest.Length && char.IsAsciiDigit((char)rest[i]); i++)
        {
            ticks += (rest[i] - '0') * unit;
            unit /= 10;
        }
        rest = rest[i..];
        return ticks;
    }

    private static bool TryNumber(ReadOnlySpan<byte> digits, out int value) =>
        Utf8Parser.TryParse(digits, out value, out var used) && used == digits.Length && value >= 0;

    private static bool TryCut(scoped ref ReadOnlySpan<byte> line, out ReadOnlySpan<byte> field)
    {
        var space = line.IndexOf((byte)' ');
        field = space < 0 ? default : line[..space];
        line = space < 0 ? line : line[(space + 1)..];
        return space >= 0;
    }
}
