namespace Strata.Api.ManagedFields;

/// <summary>Collects the entries of one level of a <see cref="FieldSet"/>. Costs nothing until something is added. Not thread-safe.</summary>
internal struct FieldSetBuilder(int capacity)
{
    private List<FieldSet.Entry>? _entries;
    private bool _isUnsorted;

    public void AddIf(bool condition, in FieldSet.Entry entry)
    {
        if (condition)
        {
            Add(entry.Element, entry.IsMember, entry.Children);
        }
    }

    /// <summary>Adds a step; the same one may be added again. Nothing is added when it is neither a member nor has children.</summary>
    public void Add(PathElement element, bool isMember, FieldSet? children)
    {
        if (children is { IsEmpty: true })
        {
            children = null;
        }

        if (!isMember && children is null)
        {
            return;
        }

        _entries ??= new List<FieldSet.Entry>(Math.Max(capacity, 4));
        _isUnsorted |= _entries.Count > 0 && _entries[^1].Element.CompareTo(element) >= 0;
        _entries.Add(new FieldSet.Entry(element, isMember, children));
    }

    /// <returns>Null when nothing was added.</returns>
    public readonly FieldSet? Build()
    {
        if (_entries is null)
        {
            return null;
        }

        if (_isUnsorted)
        {
            _entries.Sort(static (left, right) => left.Element.CompareTo(right.Element));
            for (var index = _entries.Count - 1; index > 0; index--)
            {
                var (first, second) = (_entries[index - 1], _entries[index]);
                if (first.Element == second.Element)
                {
                    _entries[index - 1] = new FieldSet.Entry(
                        first.Element, first.IsMember || second.IsMember, first.Children is null ? second.Children : second.Children is null ? first.Children : first.Children.Union(second.Children));
                    _entries.RemoveAt(index);
                }
            }
        }

        return new FieldSet([.. _entries]);
    }
}
