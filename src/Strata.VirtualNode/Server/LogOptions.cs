using System.Globalization;
using Microsoft.AspNetCore.Http;
using Strata.Api.Models;

namespace Strata.VirtualNode.Server;

/// <summary>Options of a log request. Source: <c>k8s.io/kubelet</c> and <c>pkg/kubelet/server</c> (names and rules).</summary>
/// <param name="Tail">Lines from the end; null for all.</param>
/// <param name="Since">Only lines of this time and later; null for all.</param>
/// <param name="LimitBytes">Most bytes to answer; null for all.</param>
internal sealed record LogOptions(int? Tail, DateTimeOffset? Since, long? LimitBytes, bool Timestamps, bool Follow, bool Previous)
{
    /// <exception cref="KubeletException">A value is malformed or out of range.</exception>
    public static LogOptions Read(IQueryCollection query, DateTimeOffset now)
    {
        var tail = Number(query, "tailLines", 0);
        var sinceSeconds = Number(query, "sinceSeconds", 1);
        var sinceTime = Time(query);
        if (sinceSeconds is not null && sinceTime is not null)
        {
            throw KubeletException.BadRequest("at most one of sinceTime or sinceSeconds may be specified");
        }

        return new LogOptions(
            (int?)Math.Min(tail ?? int.MaxValue, int.MaxValue) is var lines && tail is null ? null : lines,
            sinceTime ?? (sinceSeconds is null ? null : now - TimeSpan.FromSeconds(Math.Min(sinceSeconds.Value, TimeSpan.SecondsPerDay * 365))),
            Number(query, "limitBytes", 1), Flag(query, "timestamps"), Flag(query, "follow"), Flag(query, "previous"));
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

    private static bool Flag(IQueryCollection query, string name)
    {
        var text = query[name].ToString();
        return text.Length == 0 ? query.ContainsKey(name) : text is "true" or "1" ? true : text is "false" or "0" ? false : throw KubeletException.BadRequest($"{name}: \"{text}\" must be true or false");
    }
}
