using System.Globalization;

namespace Strata.Api;

/// <summary>Durations as kubectl prints ages (apimachinery: util/duration HumanDuration).</summary>
public static class HumanDuration
{
    public static string Format(TimeSpan duration)
    {
        var seconds = (long)duration.TotalSeconds;
        if (seconds < 0)
        {
            // Clocks of two machines may differ by a little.
            return seconds >= -1 ? "0s" : "<invalid>";
        }

        var minutes = seconds / 60;
        var hours = minutes / 60;
        var days = hours / 24;
        var years = days / 365;
        return seconds < 120 ? Text(seconds, 's')
            : minutes < 10 ? Two(minutes, 'm', seconds % 60, 's')
            : minutes < 180 ? Text(minutes, 'm')
            : hours < 8 ? Two(hours, 'h', minutes % 60, 'm')
            : hours < 48 ? Text(hours, 'h')
            : days < 8 ? Two(days, 'd', hours % 24, 'h')
            : days < 730 ? Text(days, 'd')
            : years < 8 ? Two(years, 'y', days % 365, 'd')
            : Text(years, 'y');
    }

    private static string Text(long value, char unit) => value.ToString(CultureInfo.InvariantCulture) + unit;

    private static string Two(long value, char unit, long rest, char restUnit) => rest == 0 ? Text(value, unit) : Text(value, unit) + Text(rest, restUnit);
}
