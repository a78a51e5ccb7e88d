namespace Strata.Api.Selectors;

/// <summary>One term of a field selector.</summary>
/// <param name="Field">For example <c>spec.nodeName</c>.</param>
/// <param name="Value">May be empty: <c>involvedObject.namespace=</c> asks for an empty value.</param>
/// <param name="IsEqual">True for <c>=</c> and <c>==</c>, false for <c>!=</c>.</param>
public sealed record FieldRequirement(string Field, string Value, bool IsEqual);
