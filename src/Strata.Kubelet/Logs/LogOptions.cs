using System.Globalization;
using Microsoft.AspNetCore.Http;
using Strata.Api.Models;

namespace Strata.Kubelet.Logs;

/// <summary>Which part of a container's output: the fields of <c>PodLogOptions</c>.</summary>
/// <param name="Follow">Go on until the container ends.</param>
/// <param name="Previous">Of the run before the current one.</param>
/// <param name="TailLines">Lines from the end; null for all.</param>
/// <param name="Since">Only lines of this time and later; null for all.</param>
/// <param name="LimitBytes">Most bytes to answer, at least 1; null for all.</param>
/// <param name="Timestamps">Put the time before each line.</param>
public sealed record LogOptions(bool Follow, bool Previous, long? TailLines, DateTimeOffset? Since, long? LimitBytes, bool Timestamps, LogStreams Streams)
{
    private const long LongestSince = TimeSpan.SecondsPerDay * 365 * 100; // Beyond that it means everything anyway.

    /// <exception cref="KubeletException">A value is malformed or out of range.</exception>
    internal static LogOptions Parse(IQueryCollection query, DateTimeOffset now)
    {
        var sinceSeconds = Number(query, "sinceSeconds", 1);
        var sinceTime = Time(query);
        return sinceSeconds is not null && sinceTime is not null
            ? throw KubeletException.BadRequest("at most one of `sinceTime` or `sinceSeconds` may be specified")
            : new LogOptions(
                Flag(query, "follow"),
                Flag(query, "previous"),
                Number(query, "tailLines", 0),
                sinceTime ?? (sinceSeconds is { } seconds ? now - TimeSpan.FromSeconds(Math.Min(seconds, LongestSince)) : null),
                Number(query, "limitBytes", 1),
                Flag(query, "timestamps"),
                Output(query["stream"].ToString()));
    }

    private static bool Flag(IQueryCollection query, string name)
    {
        var text = query[name].ToString();
        return text is "true" or "1" || (text.Length == 0 && query.ContainsKey(name))
            || (text is "" or "false" or "0" ? false : throw KubeletException.BadRequest($"{name}: \"{text}\" must be true or false"));
    }

    private static long? Number(IQueryCollection query, string name, long least)
    {
        var text = query[name].ToString();
        return text.Length == 0 ? null
            : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least ? number
            : throw KubeletException.BadRequest($"{name}: \"{text}\" must be a number, at least {least}");
    }

    private static DateTimeOffset? Time(IQueryCollection query)
    {
        var text = query["sinceTime"].ToString();
        return text.Length == 0 ? null : KubeTime.TryParse(text, out var time) ? time : throw KubeletException.BadRequest($"sinceTime: \"{text}\" is not an RFC 3339 time");
    }

    private static LogStreams Output(string text) => text switch
    {
        "" or "All" => LogStreams.All,
        "Stdout" => LogStreams.Stdout,
        "Stderr" => LogStreams.Stderr,
        _ => throw KubeletException.BadRequest($"stream: \"{text}\" must be All, Stdout or Stderr"),
    };
}
