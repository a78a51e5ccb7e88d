using System.Text;
using Strata.NodeAgent.Cri;
using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Logs;

/// <summary>What a container left as its last words. Source: kuberuntime_container.go getTerminationMessage (limits).</summary>
internal static class TerminationMessages
{
    private const int MaxFileBytes = 4096;
    private const int MaxLogBytes = 2048;
    private const int MaxLogLines = 80;

    /// <summary>The record with its message filled in, if the container has ended and left one.</summary>
    public static ContainerRecord Fill(ContainerRecord record)
    {
        if (record.Phase != ContainerPhase.Exited || !record.Annotations.TryGetValue(ContainerAnnotations.TerminationMessageFile, out var path))
        {
            return record;
        }

        var text = Tail(path, MaxFileBytes);
        if (text.Length == 0 && record.ExitCode != 0
            && record.Annotations.GetValueOrDefault(ContainerAnnotations.TerminationMessagePolicy) == "FallbackToLogsOnError")
        {
            text = LastLogLines(record.LogPath);
        }

        return text.Length == 0 ? record : record with { Message = text };
    }

    private static string LastLogLines(string path)
    {
        var lines = Tail(path, MaxLogBytes * 2).Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(MaxLogLines).Select(Content);
        var text = string.Concat(lines);
        return text.Length > MaxLogBytes ? text[^MaxLogBytes..] : text;
    }

    // "TIME stdout F text": the text, with its line end unless the line is partial.
    private static string Content(string line)
    {
        var fields = line.Split(' ', 4);
        return fields.Length < 4 ? "" : fields[2] == "P" ? fields[3] : fields[3] + "\n";
    }

    private static string Tail(string path, int maxBytes)
    {
        if (!File.Exists(path))
        {
            return "";
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Seek(-Math.Min(file.Length, maxBytes), SeekOrigin.End);
        var buffer = new byte[maxBytes];
        var length = file.ReadAtLeast(buffer, maxBytes, throwOnEndOfStream: false);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }
}
