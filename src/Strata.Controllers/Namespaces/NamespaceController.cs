using Microsoft.Extensions.Logging;
using Strata.Api;
using Strata.Api.Models;
using Strata.Controllers.Runtime;

namespace Strata.Controllers.Namespaces;

/// <summary>Wakes the reconciler for namespaces that are being deleted.</summary>
internal sealed class NamespaceController : IController
{
    private readonly ControllerLoop _loop;

    public NamespaceController(ControllerContext context)
    {
        var namespaces = context.Informers.For<Namespace>();
        var pods = context.Informers.For<Pod>();
        var reconciler = new NamespaceReconciler(context.Client, namespaces);
        _loop = new ControllerLoop("namespace", reconciler, context.Clock, context.Loggers.CreateLogger<ControllerLoop>());
        namespaces.Subscribe(change =>
        {
            if (!change.IsDeleted && change.Object.IsDeleting())
            {
                _loop.Enqueue(change.Object.Key());
            }
        });

        // The last pod of a dying namespace is what deletion mostly waits for.
        pods.Subscribe(change =>
        {
            var key = new ObjectKey("", change.Object.Metadata.Namespace);
            if (change.IsDeleted && namespaces.Get(key)?.IsDeleting() == true)
            {
                _loop.Enqueue(key);
            }
        });
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();
}
