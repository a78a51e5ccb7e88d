namespace Strata.ApiServer.Requests;

/// <summary>What a request came to; the HTTP front renders it, the transport within the process hands it over.</summary>
/// <param name="Code">HTTP status code.</param>
internal abstract record ApiResult(int Code);
