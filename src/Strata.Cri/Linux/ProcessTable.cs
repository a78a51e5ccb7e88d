using System.Globalization;

namespace Strata.Cri.Linux;

/// <summary>Reads <c>/proc</c>: proc(5).</summary>
internal static class ProcessTable
{
    public static IEnumerable<int> AllIds()
    {
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            {
                yield return id;
            }
        }
    }

    /// <summary>Processes that have <paramref name="first"/> directly followed by <paramref name="second"/> among their
    /// arguments.</summary>
    public static List<int> FindByArguments(string first, string second) =>
        [.. AllIds().Where(id => HasArguments(id, first, second))];

    /// <summary>False for a zombie: it has ended and only waits to be collected.</summary>
    public static bool IsAlive(int id) => ReadStat(id) is { State: not ('Z' or 'X') };

    /// <summary>All processes below <paramref name="ancestors"/>, which are not included.</summary>
    public static List<int> Descendants(IReadOnlyCollection<int> ancestors)
    {
        var children = AllIds().Select(id => (Id: id, Parent: ReadStat(id)?.Parent ?? 0)).ToLookup(p => p.Parent, p => p.Id);
        var found = new List<int>();
        var open = new Queue<int>(ancestors);
        while (open.TryDequeue(out var parent))
        {
            foreach (var child in children[parent])
            {
                found.Add(child);
                open.Enqueue(child);
            }
        }
        return found;
    }

    private static bool HasArguments(int id, string first, string second)
    {
        var arguments = ReadOrNull($"/proc/{id}/cmdline")?.Split('\0') ?? [];
        for (var i = 0; i + 1 < arguments.Length; i++)
        {
            if (arguments[i] == first && arguments[i + 1] == second)
            {
                return true;
            }
        }
        return false;
    }

    private static (char State, int Parent)? ReadStat(int id)
    {
        // "pid (name) state ppid ...": the name may hold spaces and parentheses, so look from the last one.
        var stat = ReadOrNull($"/proc/{id}/stat");
        var end = stat?.LastIndexOf(") ", StringComparison.Ordinal) ?? -1;
        if (stat is null || end < 0)
        {
            return null;
        }
        var fields = stat[(end + 2)..].Split(' ', 3);
        return (fields[0][0], int.Parse(fields[1], CultureInfo.InvariantCulture));
    }

    private static string? ReadOrNull(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return null; // The process ended meanwhile.
        }
        catch (UnauthorizedAccessException)
        {
            return null; // Another user's process on a system with hidepid.
        }
    }
}
