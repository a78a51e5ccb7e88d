using System.Globalization;

namespace Strata.Api.Models;

/// <summary>The two time forms on the wire: <c>Time</c> (RFC 3339, UTC, whole seconds) and <c>MicroTime</c> (always six fractional digits, or client-go refuses it).</summary>
public static class KubeTime
{
    public static string Format(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string FormatMicro(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Cuts the fraction, as writing a <c>Time</c> does, so that a value compares equal after a round trip.</summary>
    public static DateTimeOffset Truncate(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
}
