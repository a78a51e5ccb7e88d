using Microsoft.Extensions.Logging;
using Strata.Client;
using Strata.Client.Events;
using Strata.Client.Informers;
using Strata.Controllers.Certificates;
using Strata.Controllers.Deployments;
using Strata.Controllers.EndpointSlices;
using Strata.Controllers.GarbageCollection;
using Strata.Controllers.Namespaces;
using Strata.Controllers.NodeLifecycle;
using Strata.Controllers.ReplicaSets;
using Strata.Controllers.ResourceQuotas;
using Strata.Controllers.RoleAggregation;
using Strata.Controllers.RootCertificates;
using Strata.Controllers.Runtime;
using Strata.Controllers.ServiceAccounts;
using Strata.Controllers.StorageProtection;
using Strata.Controllers.TokenSecrets;

namespace Strata.Controllers;

/// <summary>Runs all controllers of a cluster.</summary>
/// <param name="client">Access with the rights of a controller manager.</param>
/// <param name="random">Source of chance for event names.</param>
public sealed partial class ControllerManager(IKubeClient client, ControllerOptions options, TimeProvider clock, Random random, ILoggerFactory loggers) : IAsyncDisposable
{
    // The one list of controllers: adding one is a folder and a line.
    private static readonly Func<ControllerContext, IController>[] Controllers =
    [
        context => new DefaultServiceAccountController(context),
        context => new RootCertificateController(context),
        context => new NamespaceController(context),
        context => new DeploymentController(context),
        context => new ReplicaSetController(context),
        context => new EndpointController(context),
        context => new NodeLifecycleController(context),
        context => new GarbageCollector(context),
        context => new RoleAggregationController(context),
        context => new TokenSecretController(context),
        context => new CertificateApprovalController(context),
        context => new CertificateSigningController(context),
        context => new CertificateCleanupController(context),
        context => new ResourceQuotaController(context),
        context => new ClaimProtectionController(context),
        context => new VolumeProtectionController(context),
    ];

    private static readonly TimeSpan RestartDelay = TimeSpan.FromSeconds(1);

    private readonly ILogger<ControllerManager> _logger = loggers.CreateLogger<ControllerManager>();
    private readonly InformerSet _informers = new(client, clock, loggers);
    private readonly List<IController> _controllers = [];
    private readonly Dictionary<string, EventRecorder> _recorders = [];
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Starts the informers, waits for their first lists and lets the controllers run.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var context = new ControllerContext(client, _informers, RecorderOf, clock, loggers, options);
        foreach (var create in Controllers)
        {
            _controllers.Add(create(context));
        }

        _informers.Start();
        await _informers.WaitForSyncAsync(cancellationToken);
        _running = Task.WhenAll(_controllers.Select(controller => RunAsync(controller, _stop.Token)));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await _informers.DisposeAsync(); // Before the controllers, whose handlers they call.
        foreach (var controller in _controllers)
        {
            controller.Dispose();
        }

        foreach (var recorder in _recorders.Values)
        {
            await recorder.DisposeAsync();
        }

        _stop.Dispose();
    }

    // Controllers handle their failures themselves; one that does not must neither fall silent nor take the others along.
    private async Task RunAsync(IController controller, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await controller.RunAsync(cancellationToken);
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                LogStoppedRunning(error, controller.GetType().Name);
                await Task.Delay(RestartDelay, clock, cancellationToken);
            }
        }
    }

    private EventRecorder RecorderOf(string component)
    {
        if (!_recorders.TryGetValue(component, out var recorder))
        {
            _recorders.Add(component, recorder = EventRecorder.Start(client, component, "", clock, random, loggers.CreateLogger<EventRecorder>()));
        }

        return recorder;
    }

    [LoggerMessage(9011, LogLevel.Error, "{Controller} stopped with an error and is started again")]
    private partial void LogStoppedRunning(Exception error, string controller);
}
