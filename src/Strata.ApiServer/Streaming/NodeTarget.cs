namespace Strata.ApiServer.Streaming;

/// <summary>An address on a node's own server (the kubelet API).</summary>
/// <param name="Method">HTTP method to use there.</param>
/// <param name="Address">Scheme, host, port, path and query.</param>
internal sealed record NodeTarget(HttpMethod Method, Uri Address);
