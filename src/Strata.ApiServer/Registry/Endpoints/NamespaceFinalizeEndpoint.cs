using System.Text.Json.Nodes;
using Strata.Api;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Core.Namespaces;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Requests;

namespace Strata.ApiServer.Registry.Endpoints;

/// <summary><c>namespaces/finalize</c>: changes spec.finalizers and nothing else; the last one gone, a deleted namespace goes too.</summary>
internal sealed class NamespaceFinalizeEndpoint(ResourceStore namespaces) : IEndpoint
{
    public EndpointInfo Info { get; } = new("", "v1", "namespaces", "finalize", Namespace.Info, false, ["update"]);

    public async ValueTask<ApiResult> HandleAsync(ApiCall call, CancellationToken cancellationToken)
    {
        var wanted = BodyReader.ReadObject(call, Namespace.Info);
        var result = await namespaces.UpdateAsync(
            WriteContexts.From(call), new ObjectKey("", call.Info.Name), "finalize", WriteMode.Internal, current => Finalize(wanted, current), null, cancellationToken);
        return new ObjectResult(200, result.Object.Shared, namespaces.Strategy);
    }

    private static JsonObject Finalize(JsonObject wanted, JsonObject current)
    {
        var target = (JsonObject)wanted.DeepClone();
        var version = wanted.Metadata().Text("resourceVersion");
        var uid = wanted.Metadata().Text("uid");
        NamespaceStrategy.PrepareForFinalize(target, current);

        // Everything is the stored object's except what the caller insists on having seen.
        target.Metadata()["resourceVersion"] = version ?? current.Metadata().Text("resourceVersion");
        target.Metadata()["uid"] = uid ?? current.Metadata().Text("uid");
        return target;
    }
}
