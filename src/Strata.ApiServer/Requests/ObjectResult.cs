using Strata.ApiServer.Registry.Generic;
using Strata.Client;

namespace Strata.ApiServer.Requests;

/// <summary>One object.</summary>
/// <param name="Object">The object's JSON.</param>
/// <param name="Strategy">How to print the object as a table row; null when it has no table form.</param>
internal sealed record ObjectResult(int Code, ApiObject Object, ResourceStrategy? Strategy) : ApiResult(Code)
{
    /// <summary>Whether it is a Status, which is answered as it is to those who want a table or metadata alone.</summary>
    public bool IsStatus { get; init; }
}
