using System.Globalization;

namespace Strata.ApiServer.Registry.Batch.Jobs;

/// <summary>Lists of indexes such as <c>1,3-5,7</c> (batch: validation.go validateIndexesFormat).</summary>
internal static class JobIndexes
{
    public static bool TryParse(string text, long completions, out List<(long First, long Last)> intervals, out string problem)
    {
        intervals = [];
        problem = "";
        if (text.Length == 0)
        {
            return true;
        }

        foreach (var part in text.Split(','))
        {
            if (ParseInterval(part, completions, out var first, out var last) is { } wrong)
            {
                problem = wrong;
                return false;
            }

            if (intervals.Count > 0 && intervals[^1].Last >= first)
            {
                problem = $"non-increasing order, previous: {intervals[^1].Last}, current: {first}";
                return false;
            }

            intervals.Add((first, last));
        }

        return true;
    }

    /// <summary>The lowest index in both lists; null when there is none.</summary>
    public static long? Overlap(List<(long First, long Last)> left, List<(long First, long Last)> right)
    {
        foreach (var (first, last) in left)
        {
            foreach (var (otherFirst, otherLast) in right)
            {
                if (first <= otherLast && otherFirst <= last)
                {
                    return Math.Max(first, otherFirst);
                }
            }
        }

        return null;
    }

    private static string? ParseInterval(string part, long completions, out long first, out long last)
    {
        first = last = 0;
        var limits = part.Split('-');
        if (limits.Length > 2)
        {
            return $"the fragment \"{part}\" violates the requirement that an index interval can have at most two parts separated by '-'";
        }

        if (ParseIndex(limits[0], completions, out first) is { } problem)
        {
            return problem;
        }

        last = first;
        if (limits.Length == 1)
        {
            return null;
        }

        return ParseIndex(limits[1], completions, out last) ?? (first >= last ? $"non-increasing order, previous: {first}, current: {last}" : null);
    }

    private static string? ParseIndex(string text, long completions, out long index) =>
        !long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out index) ? $"cannot convert string to integer for index: \"{text}\""
        : index >= completions ? $"too large index: \"{text}\""
        : null;
}
