using Strata.ApiServer.Streaming;

namespace Strata.ApiServer.Requests;

/// <summary>A request that is passed on to a backend, and whose answer is the backend's.</summary>
/// <param name="Scheme">http or https.</param>
/// <param name="Authority">Host and port of the backend.</param>
/// <param name="Name">What it is, for messages.</param>
/// <param name="Trust">As whom to connect.</param>
internal sealed record ProxyResult(string Scheme, string Authority, string Name, BackendTrust Trust) : ApiResult(200);
