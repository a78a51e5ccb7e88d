namespace Strata.Api.ManagedFields;

/// <summary>A declared field.</summary>
/// <param name="OmitsZero">An empty value is the same as none: the field is no pointer in Go.</param>
/// <param name="IsEmbedded">An object or list that is always there, perhaps empty: in Go a struct member that is no pointer, or a list that is written as null.</param>
public sealed record MergeField(string Name, MergeSchema Schema, bool OmitsZero = false, bool IsEmbedded = false)
{
    internal PathElement Element { get; } = PathElement.Field(Name);
}
