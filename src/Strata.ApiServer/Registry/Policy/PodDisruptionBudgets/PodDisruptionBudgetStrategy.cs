using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;
using JsonNumber = Strata.Api.Json.JsonNumber;

namespace Strata.ApiServer.Registry.Policy.PodDisruptionBudgets;

/// <summary>PodDisruptionBudgets: how many pods may be away at once by someone's wish.</summary>
internal sealed class PodDisruptionBudgetStrategy : ResourceStrategy
{
    private static readonly string[] Counts = ["disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods"];

    public override KindInfo Kind => PodDisruptionBudget.Info;

    public override IReadOnlyList<string> ShortNames => ["pdb"];

    public override bool HasStatus => true;

    public override bool HasGeneration => true;

    public override bool AllowsUnconditionalUpdate => false;

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn, new("Min Available", Description: "The minimum number of pods that must be available."),
        new("Max Unavailable", Description: "The maximum number of pods that may be unavailable."),
        new("Allowed Disruptions", "integer", Description: "Calculated number of pods that may be disrupted at this time."), TableColumn.AgeColumn,
    ];

    public override void PrepareForCreate(JsonObject target)
    {
        var status = new JsonObject();
        foreach (var field in Counts)
        {
            status[field] = JsonNumber.Create(0);
        }

        target["status"] = status;
    }

    // Rules: policy: validation.go ValidatePodDisruptionBudgetSpec.
    public override void Validate(JsonObject target, FieldErrors errors)
    {
        var spec = target.Object("spec");
        if (spec?["minAvailable"] is not null && spec["maxUnavailable"] is not null)
        {
            errors.Invalid("spec", spec, "minAvailable and maxUnavailable cannot be both set");
        }

        foreach (var field in (ReadOnlySpan<string>)["minAvailable", "maxUnavailable"])
        {
            Numbers.ValidateCountOrPercent(spec?[field], $"spec.{field}", errors);
            Numbers.ValidateAtMostAll(spec?[field], $"spec.{field}", errors);
        }

        LabelSelectorValidation.Validate(spec.Object("selector"), "spec.selector", errors);
        if (spec.Text("unhealthyPodEvictionPolicy") is not (null or "AlwaysAllow" or "IfHealthyBudget") and var policy)
        {
            errors.NotSupported("spec.unhealthyPodEvictionPolicy", policy, "AlwaysAllow", "IfHealthyBudget");
        }
    }

    public override void ValidateStatusUpdate(JsonObject target, JsonObject old, FieldErrors errors)
    {
        target.Object("status").ValidateCounts("status", errors, Counts);
        ConditionValidation.Validate(target.Object("status"), "status.conditions", errors);
    }

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now)
    {
        var spec = source.Get("spec"u8);
        return
        [
            TableColumn.NameOf(source), Amount(spec.Get("minAvailable"u8)), Amount(spec.Get("maxUnavailable"u8)), source.Get("status"u8, "disruptionsAllowed"u8).Number(),
            TableColumn.Age(source, now),
        ];
    }

    private static string Amount(JsonElement amount) => amount.Exists() ? amount.ToString() : "N/A";
}
