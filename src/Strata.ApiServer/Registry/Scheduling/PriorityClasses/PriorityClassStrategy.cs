using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Scheduling.PriorityClasses;

/// <summary>PriorityClasses: names for how important pods are.</summary>
internal sealed class PriorityClassStrategy : ResourceStrategy
{
    private const long HighestForUsers = 1_000_000_000;
    private const string SystemPrefix = "system-";

    public override KindInfo Kind => PriorityClass.Info;

    public override IReadOnlyList<string> ShortNames => ["pc"];

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn, new("Value", "integer", Description: "The priority that pods of this class get."),
        new("Global-Default", "boolean", Description: "Whether pods that name no class are of this class."), TableColumn.AgeColumn,
        new("PreemptionPolicy", Description: "Whether pods of this class may displace others."),
    ];

    public override void Default(JsonObject target) => target.DefaultText("preemptionPolicy", "PreemptLowerPriority");

    // Written once and never counted up.
    public override void PrepareForCreate(JsonObject target) => target.Metadata()["generation"] = 1;

    // Rules: scheduling: validation.go ValidatePriorityClass.
    public override void Validate(JsonObject target, FieldErrors errors)
    {
        var name = target.Name();
        if (name.StartsWith(SystemPrefix, StringComparison.Ordinal))
        {
            if (SystemClasses.All.FirstOrDefault(known => known.Metadata.Name == name) is not { } system || !IsSame(target, system))
            {
                errors.Forbidden("metadata.name", $"priority class names with '{SystemPrefix}' prefix are reserved for system use only. error: {name} is not a known system priority class");
            }
        }
        else if (target.Number("value") > HighestForUsers)
        {
            errors.Forbidden("value", $"maximum allowed value of a user defined priority is {HighestForUsers}");
        }

        if (target.TextOrEmpty("preemptionPolicy") is not ("PreemptLowerPriority" or "Never") and var policy)
        {
            errors.NotSupported("preemptionPolicy", policy, "Never", "PreemptLowerPriority");
        }
    }

    public override void ValidateUpdate(JsonObject target, JsonObject old, FieldErrors errors)
    {
        if ((target.Number("value") ?? 0) != (old.Number("value") ?? 0))
        {
            errors.Forbidden("value", "may not be changed in an update.");
        }

        target.ValidateUnchanged(old, "preemptionPolicy", "", errors);
    }

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now) =>
    [
        TableColumn.NameOf(source), source.Get("value"u8).Number(), source.Get("globalDefault"u8).IsTrue(), TableColumn.Age(source, now),
        source.Get("preemptionPolicy"u8).HasText() ? source.Text("preemptionPolicy"u8) : "PreemptLowerPriority",
    ];

    private static bool IsSame(JsonObject target, PriorityClass known) => (target.Number("value") ?? 0) == known.Value && !target.IsTrue("globalDefault");
}
