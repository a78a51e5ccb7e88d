namespace Strata.ApiServer.Streaming;

/// <summary>An address behind this server: on a node's own server (the kubelet API), or of a pod.</summary>
/// <param name="Method">HTTP method to use there.</param>
/// <param name="Address">Scheme, host, port, path and query.</param>
/// <param name="Name">What it is, for messages: <c>node "n1"</c>.</param>
/// <param name="Trust">As whom and how strictly to connect.</param>
internal sealed record BackendTarget(HttpMethod Method, Uri Address, string Name, BackendTrust Trust);
