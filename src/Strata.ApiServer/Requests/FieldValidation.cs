namespace Strata.ApiServer.Requests;

/// <summary>What to do about members that the schema does not know (KEP-2885).</summary>
internal enum FieldValidation
{
    Warn,
    Strict,
    Ignore,
}
