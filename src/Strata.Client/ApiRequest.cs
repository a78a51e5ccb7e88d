namespace Strata.Client;

/// <summary>One request to an API server.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Path without query, starting with <c>/</c>; segments already escaped.</param>
/// <param name="Query">Query without the leading <c>?</c>, values escaped; empty for none.</param>
/// <param name="Body">Request body; empty for none.</param>
/// <param name="ContentType">Media type of the body; null means JSON.</param>
public sealed record ApiRequest(HttpMethod Method, string Path, string Query = "", ReadOnlyMemory<byte> Body = default, string? ContentType = null);
