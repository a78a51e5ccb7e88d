using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Api.Selectors;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Requests;
using Strata.Client;
using JsonBytes = Strata.Api.Json.JsonBytes;
using JsonNumber = Strata.Api.Json.JsonNumber;

namespace Strata.ApiServer.Registry.Endpoints;

/// <summary><c>/scale</c>: the replica count of any scalable kind in one form (autoscaling/v1 Scale).</summary>
internal sealed class ScaleEndpoint(ResourceStore store, ScalePaths paths) : IEndpoint
{
    private static readonly KindInfo ScaleKind = new("autoscaling", "v1", "Scale", "scales", true);

    public EndpointInfo Info { get; } = new(
        store.Kind.Group, store.Kind.Version, store.Kind.Plural, "scale", ScaleKind, store.Kind.Namespaced, ["get", "patch", "update"]);

    public async ValueTask<ApiResult> HandleAsync(ApiCall call, CancellationToken cancellationToken)
    {
        var key = ObjectEndpoint.KeyOf(call, Info.Namespaced);
        if (call.Info.Verb == "get")
        {
            return Answer(await store.GetAsync(key, ListQuery.ParseVersion(call.Query["resourceVersion"]), cancellationToken));
        }

        if (call.Info.Verb == "patch" && call.ContentType == MediaTypes.ApplyPatch)
        {
            var applied = await AppliedBody.ReadScale(call, store, ScaleKind, paths).WriteAsync(key, "scale", WriteMode.Main, cancellationToken);
            return Answer(applied.Object);
        }

        Func<JsonObject, JsonObject> change = call.Info.Verb switch
        {
            "update" => ReplaceWith(BodyReader.ReadObject(call, ScaleKind)),
            "patch" => PatchWith(PatchRequest.Read(call, ScaleKind)),
            _ => throw ApiErrors.MethodNotAllowed(call.Info.Verb),
        };
        var result = await store.UpdateAsync(WriteContexts.From(call), key, "scale", WriteMode.Main, change, null, cancellationToken);
        return Answer(result.Object);
    }

    public static void CheckReplicas(long replicas, string name)
    {
        if (replicas < 0)
        {
            var errors = new FieldErrors();
            errors.Invalid("spec.replicas", replicas, "must be greater than or equal to 0");
            throw ApiErrors.Invalid(ScaleKind, name, errors.Causes);
        }
    }

    private Func<JsonObject, JsonObject> ReplaceWith(JsonObject scale) => current => WithScale(current, scale);

    private Func<JsonObject, JsonObject> PatchWith(PatchRequest patch) => current => WithScale(current, patch.Apply(ScaleOf(current)));

    private JsonObject WithScale(JsonObject current, JsonObject scale)
    {
        var replicas = scale.Object("spec").Number("replicas") ?? 0;
        CheckReplicas(replicas, current.Name());
        var metadata = scale.Object("metadata");
        if (metadata.Text("resourceVersion") is { } version)
        {
            current.Metadata()["resourceVersion"] = version; // The precondition is the store's to check.
        }

        if (metadata.Text("uid") is { } uid)
        {
            current.Metadata()["uid"] = uid;
        }

        current.SetAt(paths.SpecReplicas, JsonNumber.Create(replicas));
        return current;
    }

    private ObjectResult Answer(ServedObject found)
    {
        var scale = ScaleOf(JsonNode.Parse(found.Json.Span)!.AsObject());
        return new ObjectResult(200, new ApiObject(JsonBytes.Serialize(scale)), null);
    }

    private JsonObject ScaleOf(JsonObject source)
    {
        var metadata = new JsonObject();
        foreach (var field in (ReadOnlySpan<string>)["name", "namespace", "uid", "resourceVersion", "creationTimestamp"])
        {
            metadata.Restore(source.Metadata(), field);
        }

        var spec = new JsonObject();
        if (JsonTree.TryNumber(source.At(paths.SpecReplicas), out var replicas))
        {
            spec["replicas"] = JsonNumber.Create(replicas);
        }

        JsonTree.TryNumber(source.At(paths.StatusReplicas), out var actual);
        var status = new JsonObject { ["replicas"] = JsonNumber.Create(actual) };
        if (source.At(paths.Selector) is JsonObject selector)
        {
            selector = paths.HasPlainSelector ? new JsonObject { ["matchLabels"] = selector.DeepClone() } : selector;
            status["selector"] = LabelQuery.From(ModelJson.Parse<LabelSelector>(JsonBytes.Serialize(selector))).ToString();
        }

        else if (JsonTree.TryText(source.At(paths.Selector), out var text))
        {
            status["selector"] = text; // Custom resources keep it in the form that a Scale shows.
        }

        return new JsonObject
        {
            ["kind"] = ScaleKind.Kind,
            ["apiVersion"] = ScaleKind.ApiVersion,
            ["metadata"] = metadata,
            ["spec"] = spec,
            ["status"] = status,
        };
    }
}
