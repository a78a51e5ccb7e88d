using System.Text;

namespace Strata.Cri.Containerd;

/// <summary>Reads the end of containerd's log, for error messages.</summary>
internal static class ContainerdLog
{
    private const int TailBytes = 2048;

    /// <param name="fromOffset">Where this run's output begins.</param>
    public static string Tail(string path, long fromOffset)
    {
        if (!File.Exists(path))
        {
            return "(no log was written)";
        }
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Position = Math.Max(fromOffset, file.Length - TailBytes);
        var buffer = new byte[TailBytes];
        var length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return length == 0 ? "(it wrote nothing)" : Encoding.UTF8.GetString(buffer, 0, length).TrimEnd();
    }
}
