using Strata.ApiServer.Registry.ApiExtensions.CustomResourceDefinitions;
using Strata.ApiServer.Registry.Apps.ControllerRevisions;
using Strata.ApiServer.Registry.Apps.DaemonSets;
using Strata.ApiServer.Registry.Apps.Deployments;
using Strata.ApiServer.Registry.Apps.ReplicaSets;
using Strata.ApiServer.Registry.Apps.StatefulSets;
using Strata.ApiServer.Registry.Batch.CronJobs;
using Strata.ApiServer.Registry.Batch.Jobs;
using Strata.ApiServer.Registry.Coordination.Leases;
using Strata.ApiServer.Registry.Core.ConfigMaps;
using Strata.ApiServer.Registry.Core.Endpoints;
using Strata.ApiServer.Registry.Core.Events;
using Strata.ApiServer.Registry.Core.Namespaces;
using Strata.ApiServer.Registry.Core.Nodes;
using Strata.ApiServer.Registry.Core.Pods;
using Strata.ApiServer.Registry.Core.PodTemplates;
using Strata.ApiServer.Registry.Core.ReplicationControllers;
using Strata.ApiServer.Registry.Core.Secrets;
using Strata.ApiServer.Registry.Core.ServiceAccounts;
using Strata.ApiServer.Registry.Core.Services;
using Strata.ApiServer.Registry.Discovery.EndpointSlices;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry;

/// <summary>Every kind that is built in, one line each.</summary>
internal static class KindCatalog
{
    /// <param name="services">Hands out cluster addresses and node ports; restored from the stored services before the first request.</param>
    public static IReadOnlyList<ResourceStrategy> All(IServiceAllocator services) =>
    [
        new NamespaceStrategy(),
        new NodeStrategy(),
        new PodStrategy(),
        new ServiceStrategy(services),
        new EndpointsStrategy(),
        new EndpointSliceStrategy(),
        new ConfigMapStrategy(),
        new SecretStrategy(),
        new ServiceAccountStrategy(),
        new EventStrategy(),
        new LeaseStrategy(),
        new DeploymentStrategy(),
        new ReplicaSetStrategy(),
        new CustomResourceDefinitionStrategy(),
        new StatefulSetStrategy(),
        new DaemonSetStrategy(),
        new ControllerRevisionStrategy(),
        new ReplicationControllerStrategy(),
        new PodTemplateStrategy(),
        new JobStrategy(),
        new CronJobStrategy(),
    ];
}
