using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Api.Selectors;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Requests;
using JsonNumber = Strata.Api.Json.JsonNumber;

namespace Strata.ApiServer.Registry.Endpoints;

/// <summary>Asks the budget of a pod whether the pod may go, and takes it out of the budget (registry/core/pod: storage/eviction.go).</summary>
internal sealed class EvictionBudget(ResourceStore budgets, TimeProvider clock)
{
    // A map this long means that nobody confirms evictions any more.
    private const int MostDisrupted = 2000;
    private const string Refusal = "Cannot evict pod as it would violate the pod's disruption budget.";

    /// <summary>Takes one disruption from the pod's budget, if it has one.</summary>
    /// <returns>True when the pod goes without being counted, because it serves nobody: then it must still be the same when it is deleted.</returns>
    /// <exception cref="ApiException">TooManyRequests when the budget allows none now; InternalError when the pod has several budgets.</exception>
    public async ValueTask<bool> TakeAsync(WriteContext context, Pod pod, CancellationToken cancellationToken)
    {
        var found = await FindAsync(pod, cancellationToken);
        if (found.Count == 0)
        {
            return false;
        }

        if (found.Count > 1)
        {
            throw new ApiException(new ApiStatus
            {
                Code = 500,
                Reason = StatusReason.InternalError,
                Message = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
            });
        }

        var budget = found[0];
        if (!pod.IsReady() && MayGoUnready(budget))
        {
            return true;
        }

        await budgets.UpdateAsync(context, budget.Key(), "status", WriteMode.Internal, current => Take(current, pod.Metadata.Name), null, cancellationToken);
        return false;
    }

    /// <summary>The refusal to a caller who should come again soon.</summary>
    public static ApiException Busy(string budget) => TooMany(10, $"The disruption budget {budget} is still being processed by the server.");

    /// <summary>The name of the pod's budget, for messages.</summary>
    public async ValueTask<string> NameAsync(Pod pod, CancellationToken cancellationToken) => (await FindAsync(pod, cancellationToken)).FirstOrDefault()?.Metadata.Name ?? "";

    private async ValueTask<List<PodDisruptionBudget>> FindAsync(Pod pod, CancellationToken cancellationToken)
    {
        var page = await budgets.ListAsync(pod.Metadata.Namespace, new ListQuery(), cancellationToken);
        return
        [
            .. page.Items.Select(static item => ServedObject.SharedOf(item).As<PodDisruptionBudget>())
                .Where(budget => LabelQuery.From(budget.Spec.Selector).Matches(pod.Metadata.Labels)),
        ];
    }

    // KEP-3017.
    private static bool MayGoUnready(PodDisruptionBudget budget) =>
        budget.Spec.UnhealthyPodEvictionPolicy == "AlwaysAllow"
        || (budget.Status.CurrentHealthy >= budget.Status.DesiredHealthy && budget.Status.DesiredHealthy > 0);

    private JsonObject Take(JsonObject budget, string pod)
    {
        var name = budget.Name();
        var status = budget.Ensure("status");
        var allowed = status.Number("disruptionsAllowed") ?? 0;
        if ((status.Number("observedGeneration") ?? 0) < (budget.Metadata().Number("generation") ?? 0))
        {
            throw Busy(name);
        }

        if (allowed < 0)
        {
            throw ApiErrors.Forbidden(PodDisruptionBudget.Info, name, "pdb disruptions allowed is negative");
        }

        if (status.Count("disruptedPods") > MostDisrupted)
        {
            throw ApiErrors.Forbidden(PodDisruptionBudget.Info, name, "DisruptedPods map too big - too many evictions not confirmed by PDB controller");
        }

        if (allowed == 0)
        {
            throw TooMany(0, $"The disruption budget {name} needs {status.Number("desiredHealthy") ?? 0} healthy pods and has {status.Number("currentHealthy") ?? 0} currently");
        }

        status["disruptionsAllowed"] = JsonNumber.Create(allowed - 1);
        if (allowed == 1)
        {
            SetExhausted(status);
        }

        // The controller counts the pod as away from now on, before it sees the deletion.
        status.Ensure("disruptedPods")[pod] = KubeTime.Format(clock.GetUtcNow());
        return budget;
    }

    private void SetExhausted(JsonObject status)
    {
        var conditions = status.Array("conditions");
        if (conditions is null)
        {
            conditions = [];
            status["conditions"] = conditions;
        }

        var condition = conditions.OfType<JsonObject>().FirstOrDefault(static entry => entry.Text("type") == "DisruptionAllowed");
        if (condition is null)
        {
            condition = new JsonObject { ["type"] = "DisruptionAllowed" };
            conditions.Add((JsonNode)condition);
        }

        if (condition.Text("status") != "False")
        {
            condition["lastTransitionTime"] = KubeTime.Format(clock.GetUtcNow());
        }

        condition["status"] = "False";
        condition["reason"] = "InsufficientPods";
        condition["message"] ??= "";
        condition.Restore(status, "observedGeneration");
    }

    private static ApiException TooMany(int retryAfterSeconds, string cause) => new(new ApiStatus
    {
        Code = 429,
        Reason = StatusReason.TooManyRequests,
        Message = Refusal,
        Causes = [new StatusCause("DisruptionBudget", cause, "")],
        RetryAfterSeconds = retryAfterSeconds,
    });
}
