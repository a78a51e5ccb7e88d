using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Requests;

namespace Strata.ApiServer.Registry.Endpoints;

/// <summary><c>/status</c>: the same object, but writes change status and metadata only.</summary>
internal sealed class StatusEndpoint(ResourceStore store) : IEndpoint
{
    public EndpointInfo Info { get; } = new(
        store.Kind.Group, store.Kind.Version, store.Kind.Plural, "status", store.Kind, store.Kind.Namespaced, ["get", "patch", "update"]);

    public async ValueTask<ApiResult> HandleAsync(ApiCall call, CancellationToken cancellationToken)
    {
        var key = ObjectEndpoint.KeyOf(call, Info.Namespaced);
        if (call.Info.Verb == "get")
        {
            var found = await store.GetAsync(key, ListQuery.ParseVersion(call.Query["resourceVersion"]), cancellationToken);
            return new ObjectResult(200, found.Shared, store.Strategy);
        }

        var result = await store.UpdateAsync(WriteContexts.From(call), key, "status", WriteMode.Status, ChangeOf(call), null, cancellationToken);
        return new ObjectResult(200, result.Object.Shared, store.Strategy);
    }

    private Func<JsonObject, JsonObject> ChangeOf(ApiCall call)
    {
        switch (call.Info.Verb)
        {
            case "patch":
                return PatchRequest.Read(call, store.Kind, store.Strategy.Fields).Apply;
            case "update":
                var wanted = BodyReader.ReadObject(call, store.Kind, store.Strategy.Fields);
                return _ => (JsonObject)wanted.DeepClone();
            default:
                throw ApiErrors.MethodNotAllowed(call.Info.Verb);
        }
    }
}
