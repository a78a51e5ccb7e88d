using Strata.ApiServer.Admission.Plugins.LimitRanges;
using Strata.ApiServer.Admission.Plugins.PodSecurity;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Admission.Plugins;

/// <summary>The built-in admission plug-ins in upstream's order (kubeapiserver: options/plugins.go), one line each.</summary>
internal static class PluginCatalog
{
    public static IReadOnlyList<IAdmissionPlugin> All(IObjectReader objects, IdentitySource identities, TimeProvider clock) =>
    [
        new NamespaceLifecyclePlugin(objects),
        new LimitRangerPlugin(objects),
        new ServiceAccountPlugin(objects, identities, clock),
        new NodeRestrictionPlugin(objects),
        new TaintNodesByConditionPlugin(),
        new PodSecurityPlugin(objects),
        new PriorityPlugin(objects),
        new DefaultTolerationSecondsPlugin(),
        new DefaultStorageClassPlugin(objects),
        new StorageObjectInUseProtectionPlugin(),
        new PersistentVolumeClaimResizePlugin(objects),
        new RuntimeClassPlugin(objects),
        new DefaultIngressClassPlugin(objects),
    ];
}
