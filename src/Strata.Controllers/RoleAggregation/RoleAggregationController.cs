using Microsoft.Extensions.Logging;
using Strata.Api;
using Strata.Api.Models;
using Strata.Client;
using Strata.Client.Informers;
using Strata.Controllers.Runtime;

namespace Strata.Controllers.RoleAggregation;

/// <summary>Writes the rules of cluster roles that have an aggregation rule: admin, edit and view are made of parts to which others add theirs by a label.</summary>
internal sealed class RoleAggregationController : IController, IReconciler
{
    private readonly IKubeClient _client;
    private readonly ILister<ClusterRole> _roles;
    private readonly ControllerLoop _loop;

    public RoleAggregationController(ControllerContext context)
    {
        _client = context.Client;
        var roles = context.Informers.For<ClusterRole>();
        _roles = roles;

        // One worker: a sum may be part of another, and side by side they would only repeat each other's work.
        _loop = new ControllerLoop("clusterrole-aggregation", this, context.Clock, context.Loggers.CreateLogger<ControllerLoop>(), workers: 1);
        roles.Subscribe(_ =>
        {
            foreach (var role in _roles.List().Where(static role => role.AggregationRule is not null))
            {
                _loop.Enqueue(role.Key());
            }
        });
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (_roles.Get(key) is { AggregationRule: not null } sum && !sum.IsDeleting())
        {
            var rules = RoleAggregationPlan.Sum(sum, _roles.List());
            if (!RoleAggregationPlan.AreEqual(sum.Rules, rules))
            {
                await _client.UpdateAsync(sum with { Rules = rules }, null, cancellationToken);
            }
        }

        return ReconcileResult.Settled;
    }
}
