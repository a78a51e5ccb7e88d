using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Flowcontrol.FlowSchemas;

/// <summary>FlowSchemas: which requests are of which priority level.</summary>
internal sealed class FlowSchemaStrategy : ResourceStrategy
{
    private const string Exempt = "exempt";
    private const long LargestPrecedence = 10_000;

    public override KindInfo Kind => FlowSchema.Info;

    public override bool HasStatus => true;

    public override bool HasGeneration => true;

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn, new("PriorityLevel", Description: "The priority level that matching requests are of."),
        new("MatchingPrecedence", Description: "Of the schemas that match a request, the one with the lowest number counts."),
        new("DistinguisherMethod", Description: "What tells the flows of a schema apart."), TableColumn.AgeColumn,
        new("MissingPL", Description: "Whether the priority level does not exist."),
    ];

    public override void Default(JsonObject target) => target.Object("spec")?.DefaultNonZero("matchingPrecedence", 1000);

    // Rules: flowcontrol: validation.go ValidateFlowSchema.
    public override void Validate(JsonObject target, FieldErrors errors)
    {
        var spec = target.Object("spec");
        ValidatePrecedence(spec.Number("matchingPrecedence") ?? 0, target.Name(), "spec.matchingPrecedence", errors);
        if (spec.Object("distinguisherMethod") is { } method && method.TextOrEmpty("type") is not ("ByNamespace" or "ByUser") and var type)
        {
            errors.NotSupported("spec.distinguisherMethod", type, "ByNamespace", "ByUser");
        }

        if (spec.Object("priorityLevelConfiguration").Text("name") is { } level)
        {
            ObjectNames.ValidateSubdomain(level, "spec.priorityLevelConfiguration.name", errors);
        }
        else
        {
            errors.Required("spec.priorityLevelConfiguration.name", "must reference a priority level");
        }

        foreach (var (rule, index) in spec.Objects("rules"))
        {
            FlowRuleValidation.Validate(rule, $"spec.rules[{index}]", errors);
        }
    }

    public override void ValidateStatusUpdate(JsonObject target, JsonObject old, FieldErrors errors) => FlowConditions.Validate(target, errors);

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now)
    {
        var spec = source.Get("spec"u8);
        var method = spec.Get("distinguisherMethod"u8);
        var isMissing = "?";
        foreach (var condition in source.Get("status"u8, "conditions"u8).Items())
        {
            if (condition.Text("type"u8) == "Dangling")
            {
                isMissing = condition.Text("status"u8);
            }
        }

        return
        [
            TableColumn.NameOf(source), spec.Get("priorityLevelConfiguration"u8).Text("name"u8), spec.Get("matchingPrecedence"u8).Number(),
            method.ValueKind == JsonValueKind.Object ? method.Text("type"u8) : Cells.None, TableColumn.Age(source, now), isMissing,
        ];
    }

    private static void ValidatePrecedence(long precedence, string name, string path, FieldErrors errors)
    {
        if (precedence <= 0)
        {
            errors.Invalid(path, precedence, "must be a positive value");
        }
        else if (precedence > LargestPrecedence)
        {
            errors.Invalid(path, precedence, $"must not be greater than {LargestPrecedence}");
        }
        else if (precedence == 1 && name != Exempt)
        {
            errors.Invalid(path, precedence, "only the schema named 'exempt' may have matchingPrecedence 1");
        }
    }
}
