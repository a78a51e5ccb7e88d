namespace Strata.Api.ManagedFields;

public sealed partial class FieldSet
{
    /// <summary>The paths of either set.</summary>
    public FieldSet Union(FieldSet other) => other.IsEmpty || ReferenceEquals(this, other) ? this : IsEmpty ? other : Combine(other, Both);

    /// <summary>The paths of this set that are not in <paramref name="other"/>. A path goes only when exactly it is there.</summary>
    public FieldSet Difference(FieldSet other) => IsEmpty || other.IsEmpty ? this : Combine(other, Without);

    /// <summary>The paths of both sets.</summary>
    public FieldSet Intersection(FieldSet other) => IsEmpty ? this : other.IsEmpty ? other : Combine(other, Common);

    /// <summary>As <see cref="Difference"/>, but a path in <paramref name="other"/> takes along everything below it.</summary>
    public FieldSet RecursiveDifference(FieldSet other) => IsEmpty || other.IsEmpty ? this : Combine(other, WithoutBelow);

    /// <summary>The set with every declared field added that leads to one of its paths: who owns <c>spec.replicas</c> is then also found at <c>spec</c>.
    /// Keys of maps and items of lists are not declared.</summary>
    public FieldSet WithNamedFields(MergeSchema schema)
    {
        var result = new FieldSetBuilder(_entries.Length);
        foreach (ref readonly var entry in _entries.AsSpan())
        {
            var field = entry.Element.IsField ? schema.Field(entry.Element.FieldName) : null;
            var children = entry.Children?.WithNamedFields(field?.Schema ?? schema.Element ?? DeducedSchema.Instance);
            result.Add(entry.Element, entry.IsMember || (field is not null && children is not null), children);
        }

        return result.Build() ?? Empty;
    }

    private static Entry? Both(in Entry left, in Entry right) =>
        new(left.Element, left.IsMember || right.IsMember, left.Children is null ? right.Children : right.Children is null ? left.Children : left.Children.Union(right.Children));

    private static Entry? Without(in Entry left, in Entry right) =>
        new(left.Element, left.IsMember && !right.IsMember, right.Children is null ? left.Children : left.Children?.Difference(right.Children));

    private static Entry? Common(in Entry left, in Entry right) =>
        new(left.Element, left.IsMember && right.IsMember, right.Children is null ? null : left.Children?.Intersection(right.Children));

    private static Entry? WithoutBelow(in Entry left, in Entry right) =>
        right.IsMember ? null : left with { Children = right.Children is null ? left.Children : left.Children?.RecursiveDifference(right.Children) };

    private delegate Entry? Meet(in Entry left, in Entry right);

    // What stands on one side only stays when the operation keeps it: always for a union, for differences on the left, never for an intersection.
    private FieldSet Combine(FieldSet other, Meet meet)
    {
        var keepsLeft = meet != Common;
        var keepsRight = meet == Both;
        var result = new FieldSetBuilder(keepsRight ? _entries.Length + other._entries.Length : _entries.Length);
        var (left, right) = (0, 0);
        var isSame = true;
        while (left < _entries.Length || right < other._entries.Length)
        {
            var order = left == _entries.Length ? 1 : right == other._entries.Length ? -1 : _entries[left].Element.CompareTo(other._entries[right].Element);
            if (order < 0)
            {
                isSame &= keepsLeft;
                result.AddIf(keepsLeft, in _entries[left++]);
            }
            else if (order > 0)
            {
                isSame &= !keepsRight;
                result.AddIf(keepsRight, in other._entries[right++]);
            }
            else
            {
                ref readonly var before = ref _entries[left++];
                var after = meet(in before, in other._entries[right++]) ?? default;
                isSame &= after.IsMember == before.IsMember && ReferenceEquals(after.Children, before.Children);
                result.AddIf(after.IsMember || after.Children is { IsEmpty: false }, in after);
            }
        }

        return isSame ? this : result.Build() ?? Empty;
    }
}
