using System.Text.Json.Nodes;
using Strata.Api;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Requests;

namespace Strata.ApiServer.Registry.Endpoints;

/// <summary>A subresource that changes one part of a pod's spec, which an ordinary update may not: <c>pods/ephemeralcontainers</c>, <c>pods/resize</c>.
/// Whatever else the request changes is ignored.</summary>
/// <param name="take">Puts the part of the first pod, the wanted one, into the second, a copy of the stored one.</param>
/// <param name="validate">Checks the new pod against the stored one.</param>
internal sealed class PodPartEndpoint(
    ResourceStore pods, string subresource, Action<JsonObject, JsonObject> take, Action<JsonObject, JsonObject, FieldErrors> validate) : IEndpoint
{
    public EndpointInfo Info { get; } = new("", "v1", "pods", subresource, Pod.Info, true, ["get", "patch", "update"]);

    public async ValueTask<ApiResult> HandleAsync(ApiCall call, CancellationToken cancellationToken)
    {
        var key = new ObjectKey(call.Info.Namespace, call.Info.Name);
        if (call.Info.Verb == "get")
        {
            var found = await pods.GetAsync(key, ListQuery.ParseVersion(call.Query["resourceVersion"]), cancellationToken);
            return new ObjectResult(200, found.Shared, pods.Strategy);
        }

        var wanted = Wanted(call);
        var result = await pods.UpdateAsync(WriteContexts.From(call), key, subresource, WriteMode.Part, current => Change(wanted(current), current), null, cancellationToken);
        return new ObjectResult(200, result.Object.Shared, pods.Strategy);
    }

    private static Func<JsonObject, JsonObject> Wanted(ApiCall call)
    {
        if (call.Info.Verb == "update")
        {
            var body = BodyReader.ReadObject(call, Pod.Info);
            return _ => (JsonObject)body.DeepClone();
        }

        var patch = PatchRequest.Read(call, Pod.Info);
        return current => patch.Apply((JsonObject)current.DeepClone());
    }

    private JsonObject Change(JsonObject wanted, JsonObject current)
    {
        pods.Strategy.Default(wanted);
        var target = (JsonObject)current.DeepClone();
        take(wanted, target);
        var errors = new FieldErrors();
        validate(target, current, errors);
        if (errors.Any)
        {
            throw ApiErrors.Invalid(Pod.Info, current.Name(), errors.Causes);
        }

        // What the caller insists on having seen.
        foreach (var field in (ReadOnlySpan<string>)["resourceVersion", "uid"])
        {
            if (wanted.Object("metadata").Text(field) is { } seen)
            {
                target.Metadata()[field] = seen;
            }
        }

        return target;
    }
}
