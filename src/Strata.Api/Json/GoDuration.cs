using System.Globalization;

namespace Strata.Api.Json;

/// <summary>Durations as Go writes them: <c>1h15m30.5s</c>, <c>250ms</c>.</summary>
public static class GoDuration
{
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        duration = default;
        var rest = text;
        var negative = rest.StartsWith("-");
        rest = negative || rest.StartsWith("+") ? rest[1..] : rest;
        if (rest is "0")
        {
            return true;
        }

        var nanoseconds = 0m;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept("0123456789.");
            if (digits <= 0 || digits > 24 || !decimal.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return false;
            }

            rest = rest[digits..];
            var (unit, width) = Unit(rest);
            if (width == 0 || number > long.MaxValue)
            {
                return false;
            }

            nanoseconds += number * unit;
            rest = rest[width..];
        }

        // Go keeps nanoseconds in 64 bits.
        if (text.IsEmpty || nanoseconds > long.MaxValue)
        {
            return false;
        }

        var ticks = (long)(nanoseconds / 100);
        duration = new TimeSpan(negative ? -ticks : ticks);
        return true;
    }

    /// <summary>Go's own form: <c>1h0m0s</c>, <c>1.5s</c>, <c>250ms</c>, <c>0s</c>.</summary>
    public static string Format(TimeSpan duration) => FormatNanoseconds(duration.Ticks * (Int128)100);

    internal static string FormatNanoseconds(Int128 nanoseconds)
    {
        var sign = nanoseconds < 0 ? "-" : "";
        var total = Int128.Abs(nanoseconds);
        if (total == 0)
        {
            return "0s";
        }

        if (total < 1_000_000_000)
        {
            var (unit, size) = total < 1000 ? ("ns", 1) : total < 1_000_000 ? ("µs", 1000) : ("ms", 1_000_000);
            return sign + Fraction(total, size) + unit;
        }

        var seconds = total % 60_000_000_000;
        var minutes = total / 60_000_000_000;
        var text = Fraction(seconds, 1_000_000_000) + "s";
        if (minutes > 0)
        {
            text = $"{(minutes % 60).ToString(CultureInfo.InvariantCulture)}m{text}";
            text = minutes >= 60 ? $"{(minutes / 60).ToString(CultureInfo.InvariantCulture)}h{text}" : text;
        }

        return sign + text;
    }

    private static string Fraction(Int128 value, int unit) => ((decimal)value / unit).ToString("0.#########", CultureInfo.InvariantCulture);

    private static (decimal Nanoseconds, int Width) Unit(ReadOnlySpan<char> text) =>
        text.StartsWith("ns") ? (1m, 2)
        : text.StartsWith("us") || text.StartsWith("µs") || text.StartsWith("μs") ? (1_000m, 2)
        : text.StartsWith("ms") ? (1_000_000m, 2)
        : text.StartsWith("s") ? (1_000_000_000m, 1)
        : text.StartsWith("m") ? (60_000_000_000m, 1)
        : text.StartsWith("h") ? (3_600_000_000_000m, 1)
        : (0m, 0);
}
