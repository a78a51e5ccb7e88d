using Strata.Api.Models;
using Strata.Controllers.Deployments;

namespace Strata.Controllers.Tests.Deployments;

/// <summary>A Deployment, its ReplicaSets and their pods without a cluster: the plans are the real ones; when each side acts is up to the test.</summary>
internal sealed class Rollout
{
    private readonly List<Version> _versions = [];
    private Deployment _deployment;

    public Rollout(int replicas, int surge, int unavailable)
    {
        _deployment = Given.Deployment(replicas, surge, unavailable);
        Update();
        Settle();
    }

    public RollingBounds Bounds => RollingBounds.Of(_deployment);

    public int TotalSize => _versions.Sum(version => version.Set.Spec.Replicas!.Value);

    public int Available => _versions.Sum(version => version.Available);

    public bool IsDone => _versions[^1] is var current && current.Available == Bounds.Replicas && current.Pods == Bounds.Replicas && _versions.SkipLast(1).All(version => version.Pods == 0);

    /// <summary>The user changes the template.</summary>
    public void Update()
    {
        var size = Math.Max(0, Math.Min(Bounds.Replicas, Bounds.MostPods - TotalSize));
        _versions.Add(new Version(Given.ReplicaSet($"v{_versions.Count}", size, 0).Noting(Bounds.Replicas, Bounds.MostPods).Aged(TimeSpan.FromMinutes(1000 - _versions.Count))));
    }

    /// <summary>The user changes the number of replicas.</summary>
    public void Scale(int replicas) => _deployment = _deployment with { Spec = _deployment.Spec with { Replicas = replicas } };

    /// <summary>The Deployment controller looks, at statuses that may be old, and resizes.</summary>
    public void Reconcile()
    {
        var sizes = DeploymentScalePlan.Compute(_deployment, _versions[^1].Set, [.. _versions.SkipLast(1).Select(version => version.Set)], oldPodsRemain: false);
        foreach (var version in _versions)
        {
            var size = sizes.GetValueOrDefault(version.Set.Metadata.Name, version.Set.Spec.Replicas!.Value);
            version.Set = version.Set with { Spec = version.Set.Spec with { Replicas = size } };
            version.Set = size > 0 ? version.Set.Noting(Bounds.Replicas, Bounds.MostPods) : version.Set;
        }
    }

    /// <summary>The ReplicaSet controller creates or deletes pods of one version, those not available first.</summary>
    public void Sync(int index)
    {
        var version = _versions[index % _versions.Count];
        version.Pods = version.Set.Spec.Replicas!.Value;
        version.Available = Math.Min(version.Available, version.Pods);
    }

    /// <summary>The status of one version catches up.</summary>
    public void Report(int index)
    {
        var version = _versions[index % _versions.Count];
        version.Set = version.Set with { Status = version.Set.Status with { Replicas = version.Pods, AvailableReplicas = version.Available } };
    }

    /// <summary>One pod of a version becomes available, if one is not yet.</summary>
    public void BecomeAvailable(int index)
    {
        var version = _versions[index % _versions.Count];
        version.Available = Math.Min(version.Available + 1, version.Pods);
    }

    /// <summary>One pod of a version stops serving.</summary>
    public void Fail(int index)
    {
        var version = _versions[index % _versions.Count];
        version.Available = Math.Max(0, version.Available - 1);
    }

    /// <summary>Lets everybody act in turn until nothing changes any more, or far longer than it should take.</summary>
    public void Settle()
    {
        for (var round = 0; round < 400 && !IsDone; round++)
        {
            Reconcile();
            for (var index = 0; index < _versions.Count; index++)
            {
                Sync(index);
                BecomeAvailable(index);
                Report(index);
            }
        }
    }

    private sealed class Version(ReplicaSet set)
    {
        public ReplicaSet Set { get; set; } = set;

        public int Pods { get; set; }

        public int Available { get; set; }
    }
}
