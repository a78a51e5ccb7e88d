using System.Globalization;
using Microsoft.AspNetCore.Http;
using Strata.Api.Models;
using Strata.Cri.Logs;

namespace Strata.NodeAgent.Server;

/// <summary>Options of a log request: the fields of <c>PodLogOptions</c>.</summary>
internal static class LogQuery
{
    private const long LongestSince = TimeSpan.SecondsPerDay * 365 * 100; // Beyond that it means everything anyway.

    /// <summary>Everything but following's end, which is the container's.</summary>
    /// <exception cref="NodeApiException">A value is malformed or out of range.</exception>
    public static CriLogOptions Parse(IQueryCollection query, DateTimeOffset now)
    {
        var sinceSeconds = Number(query, "sinceSeconds", 1);
        var sinceTime = Time(query);
        return sinceSeconds is not null && sinceTime is not null
            ? throw NodeApiException.BadRequest("at most one of `sinceTime` or `sinceSeconds` may be specified")
            : new CriLogOptions
            {
                Follow = Flag(query, "follow"),
                TailLines = Number(query, "tailLines", 0),
                SinceTime = sinceTime ?? (sinceSeconds is { } seconds ? now - TimeSpan.FromSeconds(Math.Min(seconds, LongestSince)) : null),
                LimitBytes = Number(query, "limitBytes", 1),
                Timestamps = Flag(query, "timestamps"),
                Streams = Streams(query["stream"].ToString()),
            };
    }

    public static bool Flag(IQueryCollection query, string name)
    {
        var text = query[name].ToString();
        return text is "true" or "1" || (text.Length == 0 && query.ContainsKey(name))
            || (text is "" or "false" or "0" ? false : throw NodeApiException.BadRequest($"{name}: \"{text}\" must be true or false"));
    }

    private static long? Number(IQueryCollection query, string name, long least)
    {
        var text = query[name].ToString();
        return text.Length == 0 ? null
            : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least ? number
            : throw NodeApiException.BadRequest($"{name}: \"{text}\" must be a number, at least {least}");
    }

    private static DateTimeOffset? Time(IQueryCollection query)
    {
        var text = query["sinceTime"].ToString();
        return text.Length == 0 ? null : KubeTime.TryParse(text, out var time) ? time : throw NodeApiException.BadRequest($"sinceTime: \"{text}\" is not an RFC 3339 time");
    }

    private static CriLogStreams Streams(string text) => text switch
    {
        "" or "All" => CriLogStreams.All,
        "Stdout" => CriLogStreams.Stdout,
        "Stderr" => CriLogStreams.Stderr,
        _ => throw NodeApiException.BadRequest($"stream: \"{text}\" must be All, Stdout or Stderr"),
    };
}
