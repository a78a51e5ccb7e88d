namespace Strata.Api.OpenApi;

/// <summary>One operation of a path.</summary>
/// <param name="Method">HTTP method in lower case.</param>
/// <param name="Action">Value of <c>x-kubernetes-action</c>.</param>
/// <param name="Id">Operation id.</param>
/// <param name="ApiVersion">Of the kind it acts on.</param>
/// <param name="Kind">The kind it acts on.</param>
/// <param name="Parameters">Query parameters.</param>
/// <param name="Body">Schema name of the request body; null when there is none.</param>
/// <param name="Answer">Schema name of the answer; null for streams and text.</param>
internal sealed record OpenApiOperation(
    string Method, string Action, string Id, string ApiVersion, string Kind, OpenApiParameter[] Parameters, string? Body, string? Answer)
{
    /// <summary>Whether it acts on a kind that is not built in.</summary>
    public bool IsCustom { get; init; }
}
