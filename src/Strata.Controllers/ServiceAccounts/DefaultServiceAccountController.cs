using Microsoft.Extensions.Logging;
using Strata.Api;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Client;
using Strata.Client.Informers;
using Strata.Controllers.Runtime;

namespace Strata.Controllers.ServiceAccounts;

/// <summary>Keeps a service account named <c>default</c> in every namespace: pods run as it unless they name another.</summary>
internal sealed class DefaultServiceAccountController : IController, IReconciler
{
    private const string AccountName = "default";

    private readonly IKubeClient _client;
    private readonly ILister<Namespace> _namespaces;
    private readonly ILister<ServiceAccount> _accounts;
    private readonly ControllerLoop _loop;

    public DefaultServiceAccountController(ControllerContext context)
    {
        _client = context.Client;
        var namespaces = context.Informers.For<Namespace>();
        var accounts = context.Informers.For<ServiceAccount>();
        _namespaces = namespaces;
        _accounts = accounts;
        _loop = new ControllerLoop("serviceaccount", this, context.Clock, context.Loggers.CreateLogger<ControllerLoop>());
        namespaces.Subscribe(change => _loop.Enqueue(change.Object.Key()));
        accounts.Subscribe(change =>
        {
            if (change.IsDeleted && change.Object.Metadata.Name == AccountName)
            {
                _loop.Enqueue(new ObjectKey("", change.Object.Metadata.Namespace));
            }
        });
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (_namespaces.Get(key) is not { } found || found.IsDeleting() || _accounts.Get(new ObjectKey(key.Name, AccountName)) is not null)
        {
            return ReconcileResult.Settled;
        }

        try
        {
            await _client.CreateAsync(new ServiceAccount { Metadata = new ObjectMeta { Namespace = key.Name, Name = AccountName } }, cancellationToken);
        }
        catch (ApiException error) when (error.IsAlreadyExists)
        {
            // The lister was behind; what is wanted is there.
        }

        return ReconcileResult.Settled;
    }
}
