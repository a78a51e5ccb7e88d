using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Requests;

namespace Strata.ApiServer.Registry.Endpoints;

/// <summary><c>/status</c>: the same object, but writes change status and metadata only.</summary>
/// <param name="version">Another version than the stored one; null for that.</param>
internal sealed class StatusEndpoint(ResourceStore store, ServedVersion? version = null) : IEndpoint
{
    private readonly VersionView _view = new(store, version);

    public EndpointInfo Info { get; } = new(
        (version?.Kind ?? store.Kind).Group, (version?.Kind ?? store.Kind).Version, store.Kind.Plural, "status", version?.Kind ?? store.Kind, store.Kind.Namespaced,
        ["get", "patch", "update"]);

    public async ValueTask<ApiResult> HandleAsync(ApiCall call, CancellationToken cancellationToken)
    {
        var key = ObjectEndpoint.KeyOf(call, Info.Namespaced);
        if (call.Info.Verb == "get")
        {
            var found = await store.GetAsync(key, ListQuery.ParseVersion(call.Query["resourceVersion"]), cancellationToken);
            return await _view.AnswerAsync(200, found, cancellationToken);
        }

        if (call.Info.Verb == "patch" && call.ContentType == MediaTypes.ApplyPatch)
        {
            var body = await AppliedBody.ReadAsync(call, store, version, cancellationToken);
            var applied = await body.WriteAsync(key, "status", WriteMode.Status, cancellationToken);
            return await _view.AnswerAsync(200, applied.Object, cancellationToken);
        }

        var change = await ChangeOfAsync(call, cancellationToken);
        var result = await store.UpdateByAsync(WriteContexts.From(call), key, "status", WriteMode.Status, change, null, cancellationToken);
        return await _view.AnswerAsync(200, result.Object, cancellationToken);
    }

    private async ValueTask<Func<JsonObject, ValueTask<JsonObject>>> ChangeOfAsync(ApiCall call, CancellationToken cancellationToken)
    {
        switch (call.Info.Verb)
        {
            case "patch":
                return _view.ReadPatch(call, cancellationToken);
            case "update":
                var wanted = await _view.ReadAsync(call, isNew: false, cancellationToken);
                return _ => ValueTask.FromResult((JsonObject)wanted.DeepClone());
            default:
                throw ApiErrors.MethodNotAllowed(call.Info.Verb);
        }
    }
}
