using Strata.ApiServer.Streaming;

namespace Strata.ApiServer.Requests;

/// <summary>A stream of text from a node, such as a log.</summary>
internal sealed record StreamResult(BackendResponse Response) : ApiResult(200);
