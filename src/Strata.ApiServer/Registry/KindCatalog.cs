using Strata.ApiServer.Registry.ApiExtensions.CustomResourceDefinitions;
using Strata.ApiServer.Registry.Apps.ControllerRevisions;
using Strata.ApiServer.Registry.Apps.DaemonSets;
using Strata.ApiServer.Registry.Apps.Deployments;
using Strata.ApiServer.Registry.Apps.ReplicaSets;
using Strata.ApiServer.Registry.Apps.StatefulSets;
using Strata.ApiServer.Registry.Autoscaling.HorizontalPodAutoscalers;
using Strata.ApiServer.Registry.Batch.CronJobs;
using Strata.ApiServer.Registry.Batch.Jobs;
using Strata.ApiServer.Registry.Certificates.CertificateSigningRequests;
using Strata.ApiServer.Registry.Coordination.Leases;
using Strata.ApiServer.Registry.Core.ConfigMaps;
using Strata.ApiServer.Registry.Core.Endpoints;
using Strata.ApiServer.Registry.Core.Events;
using Strata.ApiServer.Registry.Core.LimitRanges;
using Strata.ApiServer.Registry.Core.Namespaces;
using Strata.ApiServer.Registry.Core.Nodes;
using Strata.ApiServer.Registry.Core.PersistentVolumeClaims;
using Strata.ApiServer.Registry.Core.PersistentVolumes;
using Strata.ApiServer.Registry.Core.Pods;
using Strata.ApiServer.Registry.Core.PodTemplates;
using Strata.ApiServer.Registry.Core.ReplicationControllers;
using Strata.ApiServer.Registry.Core.ResourceQuotas;
using Strata.ApiServer.Registry.Core.Secrets;
using Strata.ApiServer.Registry.Core.ServiceAccounts;
using Strata.ApiServer.Registry.Core.Services;
using Strata.ApiServer.Registry.Discovery.EndpointSlices;
using Strata.ApiServer.Registry.Flowcontrol.FlowSchemas;
using Strata.ApiServer.Registry.Flowcontrol.PriorityLevelConfigurations;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Registry.Networking.IngressClasses;
using Strata.ApiServer.Registry.Networking.Ingresses;
using Strata.ApiServer.Registry.Networking.IPAddresses;
using Strata.ApiServer.Registry.Networking.NetworkPolicies;
using Strata.ApiServer.Registry.Networking.ServiceCIDRs;
using Strata.ApiServer.Registry.Policy.PodDisruptionBudgets;
using Strata.ApiServer.Registry.Rbac.ClusterRoleBindings;
using Strata.ApiServer.Registry.Rbac.ClusterRoles;
using Strata.ApiServer.Registry.Rbac.RoleBindings;
using Strata.ApiServer.Registry.Rbac.Roles;
using Strata.ApiServer.Registry.Runtime.RuntimeClasses;
using Strata.ApiServer.Registry.Scheduling.PriorityClasses;
using Strata.ApiServer.Registry.Storage.CSIDrivers;
using Strata.ApiServer.Registry.Storage.CSINodes;
using Strata.ApiServer.Registry.Storage.CSIStorageCapacities;
using Strata.ApiServer.Registry.Storage.StorageClasses;
using Strata.ApiServer.Registry.Storage.VolumeAttachments;
using Strata.ApiServer.Registry.Storage.VolumeAttributesClasses;
using Strata.ApiServer.Registry.Webhooks;

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
        new HorizontalPodAutoscalerStrategy(),
        new PodDisruptionBudgetStrategy(),
        new IngressStrategy(),
        new IngressClassStrategy(),
        new NetworkPolicyStrategy(),
        new IPAddressStrategy(),
        new ServiceCIDRStrategy(),
        new CertificateSigningRequestStrategy(),
        new RoleStrategy(),
        new RoleBindingStrategy(),
        new ClusterRoleStrategy(),
        new ClusterRoleBindingStrategy(),
        new PersistentVolumeStrategy(TimeProvider.System),
        new PersistentVolumeClaimStrategy(),
        new LimitRangeStrategy(),
        new ResourceQuotaStrategy(),
        new StorageClassStrategy(),
        new CSIDriverStrategy(),
        new CSINodeStrategy(),
        new CSIStorageCapacityStrategy(),
        new VolumeAttachmentStrategy(),
        new VolumeAttributesClassStrategy(),
        new PriorityClassStrategy(),
        new RuntimeClassStrategy(),
        new FlowSchemaStrategy(),
        new PriorityLevelConfigurationStrategy(),
        new WebhookConfigurationStrategy(isMutating: false),
        new WebhookConfigurationStrategy(isMutating: true),
    ];
}
