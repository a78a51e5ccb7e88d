namespace Strata.Scheduler.Framework;

/// <summary>Shared score arithmetic.</summary>
internal static class Scores
{
    public const long Most = 100;

    /// <summary>Scales so that the largest raw score becomes 100; with <paramref name="reverse"/> the largest becomes 0 (upstream: helper.DefaultNormalizeScore).</summary>
    public static void Scale(Span<long> scores, bool reverse)
    {
        long largest = 0;
        foreach (var score in scores)
        {
            largest = Math.Max(largest, score);
        }

        for (var index = 0; index < scores.Length; index++)
        {
            var scaled = largest == 0 ? 0 : scores[index] * Most / largest;
            scores[index] = reverse ? Most - scaled : scaled;
        }
    }
}
