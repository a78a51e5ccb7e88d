namespace Strata.Api.Errors;

/// <summary>One problem behind a failure.</summary>
/// <param name="Reason">For example <c>FieldValueInvalid</c>.</param>
/// <param name="Message">What is wrong, without the field path.</param>
/// <param name="Field">Path such as <c>spec.containers[0].name</c>; empty when the problem is not about a field.</param>
public sealed record StatusCause(string Reason, string Message, string Field);
