using Strata.ApiServer.Streaming;

namespace Strata.ApiServer.Requests;

/// <summary>A connection to a node that is to be upgraded and then carries bytes both ways.</summary>
internal sealed record ConnectResult(BackendTarget Target) : ApiResult(101);
