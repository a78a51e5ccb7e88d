using System.Text;

namespace Strata.Cri.Linux;

/// <summary>Reads <c>/proc/self/mountinfo</c>.</summary>
internal static class MountTable
{
    /// <summary>Mount points below <paramref name="directory"/>, innermost last.</summary>
    public static List<string> Below(string directory)
    {
        var prefix = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory)) + "/";
        var found = new List<string>();
        foreach (var line in File.ReadLines("/proc/self/mountinfo"))
        {
            // Field 5 is the mount point: proc(5).
            var fields = line.Split(' ', 6);
            if (fields.Length == 6 && Unescape(fields[4]) is var path && path.StartsWith(prefix, StringComparison.Ordinal))
            {
                found.Add(path);
            }
        }
        return found;
    }

    /// <summary>Spaces and backslashes come as three octal digits.</summary>
    private static string Unescape(string path)
    {
        if (!path.Contains('\\', StringComparison.Ordinal))
        {
            return path;
        }
        var result = new StringBuilder();
        for (var i = 0; i < path.Length; i++)
        {
            if (path[i] == '\\' && i + 3 < path.Length)
            {
                result.Append((char)Convert.ToInt32(path.Substring(i + 1, 3), 8));
                i += 3;
            }
            else
            {
                result.Append(path[i]);
            }
        }
        return result.ToString();
    }
}
