using System.Text;

namespace Strata.Api.ManagedFields;

/// <summary>A set of paths into an object, kept as a tree (structured-merge-diff: fieldpath/set.go). A path being in the set says nothing about the paths below it.
/// Immutable and thread-safe.</summary>
/// <remarks>Hot: every write computes several. The operations walk two sorted arrays in step and hand back an operand when nothing changed.</remarks>
public sealed partial class FieldSet : IEquatable<FieldSet>
{
    public static readonly FieldSet Empty = new([]);

    private readonly Entry[] _entries; // Sorted by element; each is a member, or has children, or both.

    internal FieldSet(Entry[] entries) => _entries = entries;

    public bool IsEmpty => _entries.Length == 0;

    /// <summary>The set of the given paths.</summary>
    public static FieldSet Of(params IEnumerable<PathElement[]> paths) =>
        paths.Aggregate(Empty, static (set, path) => set.Union(Single(path)));

    /// <summary>The set of one path of fields, such as <c>metadata.name</c>.</summary>
    public static FieldSet OfFields(string dottedPath) => Single([.. dottedPath.Split('.').Select(PathElement.Field)]);

    /// <summary>Whether the set has exactly this path.</summary>
    public bool Has(params ReadOnlySpan<PathElement> path) =>
        !path.IsEmpty && Find(path[0]) is { } entry && (path.Length == 1 ? entry.IsMember : entry.Children?.Has(path[1..]) == true);

    /// <summary>The paths of the set that begin with <paramref name="element"/>, without it.</summary>
    public FieldSet WithPrefix(PathElement element) => Find(element)?.Children ?? Empty;

    /// <summary>Every path of the set, in order.</summary>
    public IEnumerable<PathElement[]> Paths() => Paths([]);

    public bool Equals(FieldSet? other)
    {
        if (ReferenceEquals(this, other))
        {
            return true;
        }

        if (other is null || other._entries.Length != _entries.Length)
        {
            return false;
        }

        for (var index = 0; index < _entries.Length; index++)
        {
            ref readonly var left = ref _entries[index];
            ref readonly var right = ref other._entries[index];
            if (left.Element != right.Element || left.IsMember != right.IsMember || !Equals(left.Children, right.Children))
            {
                return false;
            }
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as FieldSet);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (ref readonly var entry in _entries.AsSpan())
        {
            hash.Add(entry);
        }

        return hash.ToHashCode();
    }

    public override string ToString() => Encoding.UTF8.GetString(ToUtf8().Span);

    /// <summary>A path as messages write it: <c>.spec.containers[name="web"].image</c>.</summary>
    public static string PathText(IEnumerable<PathElement> path) => string.Concat(path.Select(static element => element.ToString()));

    private static FieldSet Single(ReadOnlySpan<PathElement> path) =>
        new([path.Length == 1 ? new Entry(path[0], true, null) : new Entry(path[0], false, Single(path[1..]))]);

    private IEnumerable<PathElement[]> Paths(PathElement[] prefix)
    {
        foreach (var entry in _entries)
        {
            PathElement[] path = [.. prefix, entry.Element];
            if (entry.IsMember)
            {
                yield return path;
            }

            foreach (var below in entry.Children?.Paths(path) ?? [])
            {
                yield return below;
            }
        }
    }

    private Entry? Find(PathElement element)
    {
        var (low, high) = (0, _entries.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            switch (_entries[middle].Element.CompareTo(element))
            {
                case 0: return _entries[middle];
                case < 0: low = middle + 1; break;
                default: high = middle - 1; break;
            }
        }

        return null;
    }

    /// <param name="IsMember">Whether the path that ends here is in the set.</param>
    /// <param name="Children">What is in the set below; null, never empty.</param>
    internal readonly record struct Entry(PathElement Element, bool IsMember, FieldSet? Children);
}
