namespace Strata.Api.ManagedFields;

/// <summary>One entry of metadata.managedFields: who owns what.</summary>
/// <param name="ApiVersion">The version whose paths <paramref name="Fields"/> has.</param>
/// <param name="Time">RFC 3339, whole seconds; empty when not known.</param>
public sealed record ManagedEntry(ManagerId Id, string ApiVersion, string Time, FieldSet Fields)
{
    internal ManagedEntry With(FieldSet fields) => ReferenceEquals(fields, Fields) ? this : this with { Fields = fields };
}
