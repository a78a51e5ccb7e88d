using System.Text.Json.Nodes;
using Strata.Api;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Admission;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Requests;

namespace Strata.ApiServer.Registry.Endpoints;

/// <summary><c>pods/eviction</c>: a deletion that asks the pod's disruption budget first and says why, in a condition.</summary>
internal sealed class PodEvictionEndpoint(ResourceStore pods, ResourceStore budgets, TimeProvider clock) : IEndpoint
{
    private readonly EvictionBudget _budget = new(budgets, clock);

    private static readonly KindInfo EvictionKind = new("policy", "v1", "Eviction", "evictions", true);

    public EndpointInfo Info { get; } = new("", "v1", "pods", "eviction", EvictionKind, true, ["create"]);

    public async ValueTask<ApiResult> HandleAsync(ApiCall call, CancellationToken cancellationToken)
    {
        var eviction = BodyReader.ReadObject(call, EvictionKind);
        if (eviction.Name() is { Length: > 0 } named && named != call.Info.Name)
        {
            throw ApiErrors.BadRequest($"name in URL does not match name in Eviction object: {call.Info.Name}, {named}");
        }

        var key = new ObjectKey(call.Info.Namespace, call.Info.Name);
        var context = WriteContexts.From(call);
        var options = DeletionOptions.Read(eviction.Object("deleteOptions")?.DeepClone() as JsonObject, QueryParameters.Empty);
        context = context with { DryRun = context.DryRun || options.DryRun };
        var pod = (await pods.GetAsync(key, null, cancellationToken)).Shared.As<Pod>();

        // Pods that have ended, have not begun or go already disrupt nobody.
        var isUncounted = !pod.IsTerminal() && pod.Status.Phase != "Pending" && !pod.IsDeleting() && await _budget.TakeAsync(context, pod, cancellationToken);
        var marked = isUncounted ? options with { ResourceVersion = options.ResourceVersion ?? pod.Metadata.ResourceVersion } : options;
        try
        {
            if (!pod.IsTerminal())
            {
                await pods.UpdateAsync(context with { Reviewed = new ReviewedPart(AdmissionOperation.Create, EvictionKind, eviction) }, key, "eviction", WriteMode.Internal, current => MarkDisrupted(current, marked), null, cancellationToken);
            }
        }
        catch (ApiException changed) when (changed.IsConflict && isUncounted && options.ResourceVersion is null)
        {
            // It may have become ready meanwhile, and would then have to be counted.
            throw EvictionBudget.Busy(await _budget.NameAsync(pod, cancellationToken));
        }

        // The mark made a new version; the caller's precondition on the old one was checked with it.
        await pods.DeleteAsync(context, key, options with { ResourceVersion = null }, cancellationToken);
        return new ObjectResult(201, SuccessStatus.Created, null) { IsStatus = true };
    }

    private JsonObject MarkDisrupted(JsonObject pod, DeletionOptions options)
    {
        if (options.Uid is { } uid && uid != pod.Metadata().Text("uid"))
        {
            throw ApiErrors.Conflict(Pod.Info, pod.Name(), $"Precondition failed: UID in precondition: {uid}, UID in object meta: {pod.Metadata().Text("uid")}");
        }

        if (options.ResourceVersion is { } version && version != pod.Metadata().Text("resourceVersion"))
        {
            throw ApiErrors.Modified(Pod.Info, pod.Name());
        }

        var status = pod.Ensure("status");
        var conditions = status.Array("conditions")?.DeepClone() as JsonArray ?? [];
        if (conditions.OfType<JsonObject>().Any(static condition => condition.Text("type") == "DisruptionTarget" && condition.Text("status") == "True"))
        {
            return pod;
        }

        conditions.Add((JsonNode)new JsonObject
        {
            ["type"] = "DisruptionTarget",
            ["status"] = "True",
            ["reason"] = "EvictionByEvictionAPI",
            ["message"] = "Eviction API: evicting",
            ["lastTransitionTime"] = KubeTime.Format(clock.GetUtcNow()),
        });
        status["conditions"] = conditions;
        return pod;
    }
}
