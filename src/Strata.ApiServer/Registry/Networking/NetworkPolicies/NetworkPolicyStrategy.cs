using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Networking.NetworkPolicies;

/// <summary>NetworkPolicies: who may talk to the selected pods, and to whom they may talk.</summary>
internal sealed class NetworkPolicyStrategy : ResourceStrategy
{
    public override KindInfo Kind => NetworkPolicy.Info;

    public override IReadOnlyList<string> ShortNames => ["netpol"];

    public override bool HasGeneration => true;

    public override IReadOnlyList<TableColumn> Columns { get; } =
        [TableColumn.NameColumn, new("Pod-Selector", Description: "The pods that the policy is about."), TableColumn.AgeColumn];

    // networking/v1: SetDefaults_NetworkPolicy.
    public override void Default(JsonObject target)
    {
        var spec = target.Ensure("spec");
        spec.Ensure("podSelector");
        if (spec.Count("policyTypes") == 0)
        {
            spec["policyTypes"] = spec.Count("egress") > 0 ? new JsonArray("Ingress", "Egress") : new JsonArray("Ingress");
        }

        foreach (var rule in spec.Objects("ingress").Concat(spec.Objects("egress")))
        {
            foreach (var (port, _) in rule.Item.Objects("ports"))
            {
                port.DefaultText("protocol", "TCP");
            }
        }
    }

    public override void Validate(JsonObject target, FieldErrors errors) => NetworkPolicyValidation.Validate(target.Object("spec"), errors);

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now) =>
        [TableColumn.NameOf(source), Cells.Selector(source.Get("spec"u8, "podSelector"u8)), TableColumn.Age(source, now)];
}
