using System.Text.Json.Nodes;
using Strata.Api;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Admission;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Requests;

namespace Strata.ApiServer.Registry.Endpoints;

/// <summary><c>pods/binding</c> and <c>bindings</c>: gives a pod to a node, once (registry/core/pod: storage.go assignPod).</summary>
/// <param name="isSubresource">False for the collection <c>bindings</c>, where the pod is named in the body.</param>
internal sealed class PodBindingEndpoint(ResourceStore pods, TimeProvider clock, bool isSubresource) : IEndpoint
{
    public EndpointInfo Info { get; } = isSubresource
        ? new("", "v1", "pods", "binding", Binding.Info, true, ["create"])
        : new("", "v1", "bindings", "", Binding.Info, true, ["create"]) { Singular = "binding" };

    public async ValueTask<ApiResult> HandleAsync(ApiCall call, CancellationToken cancellationToken)
    {
        var binding = BodyReader.ReadObject(call, Binding.Info);
        var name = isSubresource ? call.Info.Name : binding.Name();
        if (binding.Name() is { Length: > 0 } named && named != name)
        {
            throw ApiErrors.BadRequest($"name in URL does not match name in Binding object: {name}, {named}");
        }

        var node = binding.Object("target").TextOrEmpty("name");
        Validate(binding, name);
        await pods.UpdateAsync(
            WriteContexts.From(call) with { Reviewed = new ReviewedPart(AdmissionOperation.Create, Binding.Info, binding) }, new ObjectKey(call.Info.Namespace, name), "binding", WriteMode.Internal,
            pod => Bind(pod, binding, node), null, cancellationToken);
        return new ObjectResult(201, SuccessStatus.Created, null) { IsStatus = true };
    }

    private static void Validate(JsonObject binding, string name)
    {
        var errors = new FieldErrors();
        var target = binding.Object("target");
        if (target.Text("kind") is { } kind and not "Node")
        {
            errors.NotSupported("target.kind", kind, "Node", "<empty>");
        }

        if (target.Text("name") is null)
        {
            errors.Required("target.name");
        }

        if (errors.Any)
        {
            throw ApiErrors.Invalid(Binding.Info, name, errors.Causes);
        }
    }

    private JsonObject Bind(JsonObject pod, JsonObject binding, string node)
    {
        var name = pod.Name();
        var spec = pod.Ensure("spec");
        var uid = binding.Metadata().Text("uid");
        if (uid is not null && uid != pod.Metadata().Text("uid"))
        {
            throw Conflict(name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {pod.Metadata().Text("uid")}");
        }

        if (pod.IsDeleting())
        {
            throw Conflict(name, $"pod {name} is being deleted, cannot be assigned to a host");
        }

        if (spec.Text("nodeName") is { } assigned)
        {
            throw Conflict(name, $"pod {name} is already assigned to node \"{assigned}\"");
        }

        if (spec.Count("schedulingGates") > 0)
        {
            throw Conflict(name, $"pod {name} has non-empty .spec.schedulingGates");
        }

        spec["nodeName"] = node;
        foreach (var (key, value) in binding.Metadata().Object("annotations").Entries())
        {
            pod.Metadata().Ensure("annotations")[key] = value;
        }

        pod.Ensure("status").Remove("nominatedNodeName");
        SetScheduled(pod.Ensure("status"));
        return pod;
    }

    private void SetScheduled(JsonObject status)
    {
        var conditions = status.Array("conditions");
        if (conditions is null)
        {
            conditions = [];
            status["conditions"] = conditions;
        }

        var condition = conditions.OfType<JsonObject>().FirstOrDefault(static candidate => candidate.Text("type") == "PodScheduled");
        if (condition?.Text("status") == "True")
        {
            return;
        }

        conditions.Remove(condition);
        conditions.Add((JsonNode)new JsonObject
        {
            ["type"] = "PodScheduled",
            ["status"] = "True",
            ["lastProbeTime"] = null,
            ["lastTransitionTime"] = KubeTime.Format(clock.GetUtcNow()),
        });
    }

    private static ApiException Conflict(string name, string detail) =>
        ApiErrors.Conflict(new KindInfo("", "v1", "Pod", "pods/binding", true), name, detail);
}
