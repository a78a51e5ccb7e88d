using Strata.Api;
using Strata.Api.Models;
using Strata.Client;
using Strata.Client.Informers;
using Strata.Controllers.Runtime;

namespace Strata.Controllers.EndpointSlices;

/// <summary>Keeps the EndpointSlices and the Endpoints of a Service with a selector equal to the pods that it selects.</summary>
internal sealed class EndpointReconciler(IKubeClient client, ILister<Service> services, ILister<Pod> pods, ILister<EndpointSlice> slices, ILister<Endpoints> endpoints, Expectations expectations)
    : IReconciler
{
    public const string ServiceIndex = "service";

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (services.Get(key) is not { } service)
        {
            expectations.Forget(key);
            return ReconcileResult.Settled; // Its endpoints go with it (owner reference).
        }

        if (service.IsDeleting() || service.Spec.Selector.Count == 0 || service.Spec.Type == "ExternalName")
        {
            return ReconcileResult.Settled; // Without a selector its user writes the endpoints.
        }

        var selected = pods.List(key.Namespace).Where(pod => service.Spec.Selector.Matches(pod.Metadata.Labels)).ToList();
        var groups = EndpointPlan.Compute(service, selected);
        if (expectations.AreMet(key))
        {
            await WriteSlicesAsync(service, groups, cancellationToken);
        }

        await WriteEndpointsAsync(service, groups, cancellationToken);
        return ReconcileResult.Settled;
    }

    private async Task WriteSlicesAsync(Service service, IReadOnlyList<EndpointGroup> groups, CancellationToken cancellationToken)
    {
        var existing = slices.ByIndex(ServiceIndex, service.Key().ToString()).Where(slice => !slice.IsDeleting()).OrderBy(slice => slice.Metadata.Name, StringComparer.Ordinal).ToList();
        var plan = SlicePlan.Compute(service, groups, existing);
        foreach (var slice in plan.Update)
        {
            await client.UpdateAsync(slice, null, cancellationToken);
        }

        foreach (var slice in plan.Create)
        {
            // A lister that lags behind must not make a second slice for the same endpoints.
            expectations.ExpectCreations(service.Key(), 1);
            var isDone = false;
            try
            {
                await client.CreateAsync(slice, cancellationToken);
                isDone = true;
            }
            finally
            {
                if (!isDone)
                {
                    expectations.CreationSettled(service.Key());
                }
            }
        }

        foreach (var slice in plan.Delete)
        {
            await client.DeleteAsync<EndpointSlice>(slice.Metadata.Namespace, slice.Metadata.Name, new DeleteRequest(Uid: slice.Metadata.Uid), cancellationToken);
        }
    }

    private async Task WriteEndpointsAsync(Service service, IReadOnlyList<EndpointGroup> groups, CancellationToken cancellationToken)
    {
        var known = endpoints.Get(service.Key());
        var next = EndpointsPlan.Compute(service, groups, known);
        if (known is null)
        {
            await client.CreateAsync(next, cancellationToken);
        }
        else if (!ModelJson.ContentEquals(next, known))
        {
            await client.UpdateAsync(next, null, cancellationToken);
        }
    }
}
