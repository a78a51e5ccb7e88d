using System.Globalization;
using System.Text.RegularExpressions;

namespace Strata.ApiServer.Registry.Batch.CronJobs;

/// <summary>Syntax of schedules: five fields, or a word after <c>@</c> (robfig/cron/v3: ParseStandard).</summary>
internal static partial class CronSchedule
{
    private sealed record Field(int Least, int Most, string[] Names);

    private static readonly Field[] Fields =
    [
        new(0, 59, []), new(0, 23, []), new(1, 31, []),
        new(1, 12, ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]), new(0, 6, ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
    ];

    /// <summary>What is wrong with a schedule; null when nothing is.</summary>
    public static string? Problem(string schedule)
    {
        if (schedule.StartsWith("TZ=", StringComparison.Ordinal) || schedule.StartsWith("CRON_TZ=", StringComparison.Ordinal))
        {
            var space = schedule.IndexOf(' ', StringComparison.Ordinal);
            schedule = space < 0 ? "" : schedule[(space + 1)..].Trim();
        }

        if (schedule.StartsWith('@'))
        {
            return DescriptorProblem(schedule);
        }

        var parts = schedule.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != Fields.Length)
        {
            return $"expected exactly {Fields.Length} fields, found {parts.Length}: [{string.Join(' ', parts)}]";
        }

        return parts.Zip(Fields, static (part, field) => part.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(range => RangeProblem(range, field)))
            .SelectMany(static problems => problems).FirstOrDefault(static problem => problem is not null);
    }

    private static string? DescriptorProblem(string descriptor)
    {
        const string every = "@every ";
        if (descriptor is "@yearly" or "@annually" or "@monthly" or "@weekly" or "@daily" or "@midnight" or "@hourly")
        {
            return null;
        }

        if (!descriptor.StartsWith(every, StringComparison.Ordinal))
        {
            return $"unrecognized descriptor: {descriptor}";
        }

        var duration = descriptor[every.Length..];
        return GoDurationText().IsMatch(duration) ? null : $"failed to parse duration {descriptor}: time: invalid duration \"{duration}\"";
    }

    private static string? RangeProblem(string text, Field field)
    {
        var rangeAndStep = text.Split('/');
        var limits = rangeAndStep[0].Split('-');
        var first = field.Least;
        var last = field.Most;
        if (limits[0] is not ("*" or "?"))
        {
            if (limits.Length > 2)
            {
                return $"too many hyphens: {text}";
            }

            if (ParseLimit(limits[0], field, out first) is { } problem)
            {
                return problem;
            }

            if (limits.Length == 2 && ParseLimit(limits[1], field, out last) is { } wrongEnd)
            {
                return wrongEnd;
            }

            last = limits.Length == 2 ? last : rangeAndStep.Length > 1 ? field.Most : first;
        }

        var step = 1;
        if (rangeAndStep.Length > 2)
        {
            return $"too many slashes: {text}";
        }

        if (rangeAndStep.Length == 2 && ParseNumber(rangeAndStep[1], out step) is { } wrong)
        {
            return wrong;
        }

        return first < field.Least ? $"beginning of range ({first}) below minimum ({field.Least}): {text}"
            : last > field.Most ? $"end of range ({last}) above maximum ({field.Most}): {text}"
            : first > last ? $"beginning of range ({first}) beyond end of range ({last}): {text}"
            : step == 0 ? $"step of range should be a positive number: {text}"
            : null;
    }

    private static string? ParseLimit(string text, Field field, out int number)
    {
        var name = Array.IndexOf(field.Names, text.ToLowerInvariant());
        number = name + field.Least;
        return name >= 0 ? null : ParseNumber(text, out number);
    }

    private static string? ParseNumber(string text, out int number) =>
        !int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number)
            ? $"failed to parse int from {text}: strconv.Atoi: parsing \"{text}\": invalid syntax"
        : number < 0 ? $"negative number ({number}) not allowed: {text}"
        : null;

    [GeneratedRegex(@"\A[+-]?(0|([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|ms|s|m|h))+\z")]
    private static partial Regex GoDurationText();
}
