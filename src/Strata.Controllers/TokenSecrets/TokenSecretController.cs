using Microsoft.Extensions.Logging;
using Strata.Api;
using Strata.Api.Models;
using Strata.Client;
using Strata.Client.Informers;
using Strata.Controllers.Runtime;

namespace Strata.Controllers.TokenSecrets;

/// <summary>Deletes secrets of type <c>kubernetes.io/service-account-token</c> whose service account does not exist (pkg/controller/serviceaccount/tokens_controller.go).
/// The API server fills the others.</summary>
internal sealed class TokenSecretController : IController, IReconciler
{
    private const string NameAnnotation = "kubernetes.io/service-account.name";
    private const string UidAnnotation = "kubernetes.io/service-account.uid";

    private readonly IKubeClient _client;
    private readonly ILister<Secret> _secrets;
    private readonly ILister<ServiceAccount> _accounts;
    private readonly ControllerLoop _loop;

    public TokenSecretController(ControllerContext context)
    {
        _client = context.Client;
        var secrets = context.Informers.For<Secret>(null, null, "type=kubernetes.io/service-account-token");
        var accounts = context.Informers.For<ServiceAccount>();
        _secrets = secrets;
        _accounts = accounts;
        _loop = new ControllerLoop("serviceaccount-token", this, context.Clock, context.Loggers.CreateLogger<ControllerLoop>());
        secrets.Subscribe(change => _loop.Enqueue(change.Object.Key()));
        accounts.Subscribe(change =>
        {
            if (change.IsDeleted)
            {
                EnqueueSecretsOf(change.Object.Metadata);
            }
        });
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (_secrets.Get(key) is not { } secret || secret.IsDeleting())
        {
            return ReconcileResult.Settled;
        }

        var name = secret.Metadata.Annotations.GetValueOrDefault(NameAnnotation) ?? "";
        if (IsOf(secret, _accounts.Get(new ObjectKey(key.Namespace, name))))
        {
            return ReconcileResult.Settled;
        }

        // The lister may be behind; a token is not deleted on hearsay.
        if (!IsOf(secret, await _client.FindAsync<ServiceAccount>(key.Namespace, name, cancellationToken)))
        {
            await _client.DeleteAsync<Secret>(key.Namespace, key.Name, new DeleteRequest(Uid: secret.Metadata.Uid), cancellationToken);
        }

        return ReconcileResult.Settled;
    }

    private static bool IsOf(Secret secret, ServiceAccount? account) =>
        account is not null && (secret.Metadata.Annotations.GetValueOrDefault(UidAnnotation) is not { } uid || uid == account.Metadata.Uid);

    private void EnqueueSecretsOf(ObjectMeta account)
    {
        foreach (var secret in _secrets.List(account.Namespace).Where(secret => secret.Metadata.Annotations.GetValueOrDefault(NameAnnotation) == account.Name))
        {
            _loop.Enqueue(secret.Key());
        }
    }
}
