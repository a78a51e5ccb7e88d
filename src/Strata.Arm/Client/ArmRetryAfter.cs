using System.Globalization;
using System.Net.Http.Headers;

namespace Strata.Arm.Client;

internal static class ArmRetryAfter
{
    public static TimeSpan? Read(HttpResponseHeaders headers)
    {
        foreach (var name in (ReadOnlySpan<string>)["retry-after-ms", "x-ms-retry-after-ms"])
        {
            if (headers.TryGetValues(name, out var values)
                && int.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds))
            {
                return TimeSpan.FromMilliseconds(milliseconds);
            }
        }

        return headers.RetryAfter?.Delta;
    }
}
