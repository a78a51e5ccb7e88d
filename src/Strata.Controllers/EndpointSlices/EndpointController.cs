using Microsoft.Extensions.Logging;
using Strata.Api;
using Strata.Api.Models;
using Strata.Client.Informers;
using Strata.Controllers.Runtime;

namespace Strata.Controllers.EndpointSlices;

/// <summary>Which changes wake which Service's endpoints.</summary>
internal sealed class EndpointController : IController
{
    private readonly ControllerLoop _loop;
    private readonly IInformer<Service> _services;

    public EndpointController(ControllerContext context)
    {
        _services = context.Informers.For<Service>();
        var pods = context.Informers.For<Pod>();
        var slices = context.Informers.For<EndpointSlice>();
        var endpoints = context.Informers.For<Endpoints>();
        var expectations = new Expectations(context.Clock);
        slices.AddIndex(EndpointReconciler.ServiceIndex, static slice => ServiceOf(slice) is { } key ? [key.ToString()] : []);
        var reconciler = new EndpointReconciler(context.Client, _services, pods, slices, endpoints, expectations);
        _loop = new ControllerLoop("endpointslice", reconciler, context.Clock, context.Loggers.CreateLogger<ControllerLoop>());
        _services.Subscribe(change => _loop.Enqueue(change.Object.Key()));
        pods.Subscribe(OnPod);
        slices.Subscribe(change =>
        {
            if (ServiceOf(change.Object) is { } key)
            {
                if (change.Old is null)
                {
                    expectations.CreationSettled(key);
                }

                _loop.Enqueue(key);
            }
        });
        endpoints.Subscribe(change => _loop.Enqueue(change.Object.Key()));
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();

    private static ObjectKey? ServiceOf(EndpointSlice slice) =>
        slice.Metadata.Labels.TryGetValue(SlicePlan.ManagedBy, out var manager) && manager == SlicePlan.Manager
        && slice.Metadata.Labels.TryGetValue(SlicePlan.ServiceName, out var service)
            ? new ObjectKey(slice.Metadata.Namespace, service)
            : null;

    private void OnPod(InformerChange<Pod> change)
    {
        foreach (var service in _services.List(change.Object.Metadata.Namespace))
        {
            if (service.Spec.Selector.Matches(change.Object.Metadata.Labels) || (change.Old is { } old && service.Spec.Selector.Matches(old.Metadata.Labels)))
            {
                _loop.Enqueue(service.Key());
            }
        }
    }
}
