using Strata.ApiServer.Registry.Generic;
using Strata.Client;

namespace Strata.ApiServer.Requests;

/// <summary>A stream of changes.</summary>
internal sealed record WatchResult(IAsyncEnumerable<ApiWatchFrame> Frames, ResourceStrategy Strategy) : ApiResult(200);
