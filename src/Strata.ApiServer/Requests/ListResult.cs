using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Requests;

/// <summary>A page of a list.</summary>
internal sealed record ListResult(ListPage Page, ResourceStrategy Strategy) : ApiResult(200);
