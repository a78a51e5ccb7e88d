using System.Globalization;
using Strata.Api.Errors;
using Strata.ApiServer.Requests;

namespace Strata.ApiServer.Http;

/// <summary>How long a request may take, its body included (apiserver: pkg/endpoints/filters/request_deadline.go, handlers: requestTimeoutUpperBound).</summary>
internal static class RequestDeadline
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestWrite = TimeSpan.FromSeconds(34);

    /// <summary>Null for long-running requests, which have no end of their own.</summary>
    /// <exception cref="ApiException">BadRequest: the parameter <c>timeout</c> is no duration.</exception>
    public static TimeSpan? For(RequestInfo info, QueryParameters query)
    {
        if (info.IsLongRunning)
        {
            return null;
        }

        var limit = info.IsResource && info.Verb is "create" or "update" or "patch" or "delete" or "deletecollection" ? LongestWrite : Longest;
        if (query["timeout"] is not { Length: > 0 } text)
        {
            return limit;
        }

        var asked = Parse(text) ?? throw ApiErrors.BadRequest($"invalid timeout specified in the request URL - time: invalid duration \"{text}\"");
        return asked <= TimeSpan.Zero || asked > limit ? limit : asked;
    }

    public static ApiStatus Exceeded { get; } = new()
    {
        Code = 504,
        Reason = StatusReason.Timeout,
        Message = "Timeout: request did not complete within requested timeout - context deadline exceeded",
    };

    /// <summary>Reads a duration as Go writes them, such as <c>1m30s</c>, <c>1.5s</c> or <c>0</c>; null for anything else (Go: time.ParseDuration).</summary>
    internal static TimeSpan? Parse(ReadOnlySpan<char> text)
    {
        var isNegative = text.StartsWith("-");
        text = isNegative || text.StartsWith("+") ? text[1..] : text;
        if (text is "0")
        {
            return TimeSpan.Zero;
        }

        var seconds = 0.0;
        if (text.IsEmpty)
        {
            return null;
        }

        while (!text.IsEmpty)
        {
            var length = text.IndexOfAnyExcept("0123456789.");
            if (length <= 0 || !double.TryParse(text[..length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return null;
            }

            text = text[length..];
            var end = text.IndexOfAny("0123456789.");
            var unit = end < 0 ? text : text[..end];
            var scale = unit switch
            {
                "ns" => 1e-9,
                "us" or "µs" or "μs" => 1e-6,
                "ms" => 1e-3,
                "s" => 1,
                "m" => 60,
                "h" => 3600,
                _ => 0.0,
            };
            if (scale == 0)
            {
                return null;
            }

            seconds += number * scale;
            text = text[unit.Length..];
        }

        return TimeSpan.FromSeconds(Math.Min(isNegative ? -seconds : seconds, 1e9));
    }
}
