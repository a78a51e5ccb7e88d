using Microsoft.Extensions.Logging;
using Strata.Api;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Client;
using Strata.Client.Informers;
using Strata.Controllers.Runtime;

namespace Strata.Controllers.RootCertificates;

/// <summary>Keeps the cluster's CA in every namespace as ConfigMap <c>kube-root-ca.crt</c>: pods verify the API server with it.</summary>
internal sealed class RootCertificateController : IController, IReconciler
{
    private const string MapName = "kube-root-ca.crt";
    private const string FileName = "ca.crt";

    private readonly IKubeClient _client;
    private readonly ILister<Namespace> _namespaces;
    private readonly ILister<ConfigMap> _maps;
    private readonly string _authority;
    private readonly ControllerLoop _loop;

    public RootCertificateController(ControllerContext context)
    {
        _client = context.Client;
        _authority = context.Options.ClusterCertificateAuthority;
        var namespaces = context.Informers.For<Namespace>();
        var maps = context.Informers.For<ConfigMap>(null, null, $"metadata.name={MapName}");
        _namespaces = namespaces;
        _maps = maps;
        _loop = new ControllerLoop("root-ca-certificate", this, context.Clock, context.Loggers.CreateLogger<ControllerLoop>());
        namespaces.Subscribe(change => _loop.Enqueue(change.Object.Key()));
        maps.Subscribe(change => _loop.Enqueue(new ObjectKey("", change.Object.Metadata.Namespace)));
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (_namespaces.Get(key) is not { } found || found.IsDeleting())
        {
            return ReconcileResult.Settled;
        }

        var data = new Dictionary<string, string> { [FileName] = _authority };
        var known = _maps.Get(new ObjectKey(key.Name, MapName));
        try
        {
            if (known is null)
            {
                await _client.CreateAsync(new ConfigMap { Metadata = new ObjectMeta { Namespace = key.Name, Name = MapName }, Data = data }, cancellationToken);
            }
            else if (known.Data.Count != 1 || known.Data.GetValueOrDefault(FileName) != _authority)
            {
                await _client.UpdateAsync(known with { Data = data }, null, cancellationToken);
            }
        }
        catch (ApiException error) when (error.IsAlreadyExists)
        {
            // The lister was behind; the watch brings what is there and the next look checks its content.
        }

        return ReconcileResult.Settled;
    }
}
