using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Coordination.Leases;

/// <summary>Leases: heartbeats of nodes and locks of leaders. Never overwritten blindly, or two leaders could both win.</summary>
internal sealed class LeaseStrategy : ResourceStrategy
{
    public override KindInfo Kind => Lease.Info;

    public override bool AllowsUnconditionalUpdate => false;

    public override bool AllowsCreateOnUpdate => true;

    public override IReadOnlyList<TableColumn> Columns { get; } =
        [TableColumn.NameColumn, new("Holder", Description: "Who holds the lease."), TableColumn.AgeColumn];

    public override void Default(JsonObject target)
    {
        MicroTimes.Normalize(target.Object("spec"), "acquireTime");
        MicroTimes.Normalize(target.Object("spec"), "renewTime");
    }

    public override void Validate(JsonObject target, FieldErrors errors)
    {
        var spec = target.Object("spec");
        if (spec.Number("leaseDurationSeconds") <= 0)
        {
            errors.Invalid("spec.leaseDurationSeconds", spec.Number("leaseDurationSeconds"), "must be greater than 0");
        }

        if (spec.Number("leaseTransitions") < 0)
        {
            errors.Invalid("spec.leaseTransitions", spec.Number("leaseTransitions"), "must be greater than or equal to 0");
        }

        if (spec.Text("strategy") is { } strategy)
        {
            QualifiedNames.Validate(strategy, "spec.strategy", errors);
        }

        if (spec.Text("preferredHolder") is not null && spec.Text("strategy") is null)
        {
            errors.Forbidden("spec.preferredHolder", "may only be specified if `strategy` is defined");
        }
    }

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now) =>
        [TableColumn.NameOf(source), source.Get("spec"u8, "holderIdentity"u8).Text(), TableColumn.Age(source, now)];
}
