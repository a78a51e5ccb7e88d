using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Client;

namespace Strata.NodeAgent.Status;

/// <summary>The Lease in <c>kube-node-lease</c> that tells the control plane the node is alive.</summary>
internal sealed class NodeLease(string nodeName, IKubeClient client, TimeProvider clock)
{
    private const string Space = "kube-node-lease";
    private const int DurationSeconds = 40;
    private Lease? _lease;

    /// <summary>Renews the lease, or makes it.</summary>
    public async Task RenewAsync(Node node, CancellationToken cancellationToken)
    {
        try
        {
            _lease ??= await client.FindAsync<Lease>(Space, nodeName, cancellationToken);
            _lease = _lease is null
                ? await client.CreateAsync(New(node), cancellationToken)
                : await client.UpdateAsync(_lease with { Spec = Spec() }, null, cancellationToken);
        }
        catch (ApiException error) when (error.IsConflict || error.IsNotFound || error.IsAlreadyExists)
        {
            // Someone else wrote or removed it: read it again and try once more.
            _lease = await client.FindAsync<Lease>(Space, nodeName, cancellationToken);
            _lease = _lease is null
                ? await client.CreateAsync(New(node), cancellationToken)
                : await client.UpdateAsync(_lease with { Spec = Spec() }, null, cancellationToken);
        }
    }

    private Lease New(Node node) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = nodeName,
            Namespace = Space,
            OwnerReferences = [new OwnerReference { ApiVersion = "v1", Kind = "Node", Name = nodeName, Uid = node.Metadata.Uid }],
        },
        Spec = Spec(),
    };

    private LeaseSpec Spec() => new() { HolderIdentity = nodeName, LeaseDurationSeconds = DurationSeconds, RenewTime = clock.GetUtcNow() };
}
