using System.Collections.Frozen;
using Strata.Api.Schema;

namespace Strata.Api.OpenApi;

/// <summary>Which fields documents call required. Upstream requires what Go always writes, except objects with defaults; for lists and pointers
/// the table cannot tell, so those of the common kinds are listed here. Only readers of the documents see this: the server's own validation decides.</summary>
internal static class RequiredFields
{
    private static readonly FrozenSet<string> Listed = new[]
    {
        "apps.v1.DaemonSetSpec.selector", "apps.v1.DeploymentSpec.selector", "apps.v1.ReplicaSetSpec.selector", "apps.v1.StatefulSetSpec.selector",
        "core.v1.NodeSelector.nodeSelectorTerms", "core.v1.PodSpec.containers", "core.v1.TopologySelectorLabelRequirement.values",
        "discovery.v1.Endpoint.addresses", "discovery.v1.EndpointSlice.endpoints", "networking.v1.HTTPIngressRuleValue.paths",
        "networking.v1.HTTPIngressPath.pathType", "rbac.v1.PolicyRule.verbs", "core.v1.PersistentVolumeClaimVolumeSource.claimName",
    }.ToFrozenSet(StringComparer.Ordinal);

    public static bool IsRequired(SchemaType type, SchemaField field) =>
        field.Presence == SchemaPresence.Always && field.Kind != SchemaFieldKind.RawJson
        || field.Presence == SchemaPresence.List && field.JsonName == "items" && type.Field("metadata")?.TypeName == "meta.v1.ListMeta"
        || Listed.Contains($"{type.Name}.{field.JsonName}");
}
