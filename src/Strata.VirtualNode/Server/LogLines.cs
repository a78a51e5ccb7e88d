using Strata.Api.Models;

namespace Strata.VirtualNode.Server;

/// <summary>Cuts a container's output, each line with its time before it, into what a request asks for and has not been sent yet. Pure but for its memory of the last line.</summary>
internal sealed class LogLines(DateTimeOffset? since)
{
    private string? _last;

    /// <summary>The lines after those that were taken before.</summary>
    /// <param name="content">Output with times, whole lines; an unfinished last line is left for the next call unless <paramref name="isEnd"/>.</param>
    /// <param name="isWhole">Whether <paramref name="content"/> begins with the first line there is.</param>
    /// <returns>Null when the lines taken before are not in it, so that some in between may be missing: ask for more.</returns>
    public IReadOnlyList<string>? Take(string content, bool isWhole, bool isEnd)
    {
        var lines = Split(content, isEnd);
        var start = 0;
        if (_last is not null)
        {
            start = lines.LastIndexOf(_last) + 1;
            if (start == 0)
            {
                if (!isWhole && lines.Count > 0)
                {
                    return null;
                }

                // The output was cut at its beginning; times are all there is to go by.
                var last = TimeOf(_last);
                start = lines.FindIndex(line => TimeOf(line) > last) is var next && next < 0 ? lines.Count : next;
            }
        }

        if (lines.Count > 0)
        {
            _last = lines[^1];
        }

        return since is null ? lines[start..] : [.. lines[start..].Where(line => TimeOf(line) is not { } time || time >= since)];
    }

    /// <summary>The line without its time.</summary>
    public static string WithoutTime(string line) => line.IndexOf(' ', StringComparison.Ordinal) is > 0 and var end && TimeOf(line) is not null ? line[(end + 1)..] : line;

    private static List<string> Split(string content, bool isEnd)
    {
        var lines = content.Split('\n').ToList();
        if (lines[^1].Length == 0 || !isEnd)
        {
            lines.RemoveAt(lines.Count - 1);
        }

        return lines;
    }

    private static DateTimeOffset? TimeOf(string line)
    {
        var end = line.IndexOf(' ', StringComparison.Ordinal);
        return KubeTime.TryParse(end < 0 ? line.AsSpan() : line.AsSpan(0, end), out var time) ? time : null;
    }
}
