using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Storage.CSINodes;

/// <summary>CSINodes: which storage drivers run on a node.</summary>
internal sealed class CSINodeStrategy : ResourceStrategy
{
    private const int LongestNodeId = 192;

    public override KindInfo Kind => CSINode.Info;

    public override bool AllowsUnconditionalUpdate => false;

    public override bool ReturnsObjectOnDelete => true;

    public override IReadOnlyList<TableColumn> Columns { get; } =
        [TableColumn.NameColumn, new("Drivers", "integer", Description: "Drivers indicates the number of CSI drivers registered on the node"), TableColumn.AgeColumn];

    public override void Default(JsonObject target) => target.Ensure("spec");

    // Rules: storage: validation.go ValidateCSINode.
    public override void Validate(JsonObject target, FieldErrors errors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (driver, index) in target.Object("spec").Objects("drivers"))
        {
            ValidateDriver(driver, $"spec.drivers[{index}]", names, errors);
        }
    }

    public override void ValidateUpdate(JsonObject target, JsonObject old, FieldErrors errors)
    {
        foreach (var (before, _) in old.Object("spec").Objects("drivers"))
        {
            var now = target.Object("spec").Objects("drivers").FirstOrDefault(entry => entry.Item.TextOrEmpty("name") == before.TextOrEmpty("name")).Item;
            if (now is not null && !JsonSemantics.AreEqual(WithoutCount(now), WithoutCount(before)))
            {
                errors.Invalid("spec.drivers", now, "field is immutable");
            }
        }
    }

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now) =>
        [TableColumn.NameOf(source), source.Get("spec"u8, "drivers"u8).Count(), TableColumn.Age(source, now)];

    // How many volumes a node bears may change (KEP-4876).
    private static JsonObject WithoutCount(JsonObject driver)
    {
        var rest = (JsonObject)driver.DeepClone();
        rest.Remove("allocatable");
        return rest;
    }

    private static void ValidateDriver(JsonObject driver, string path, HashSet<string> names, FieldErrors errors)
    {
        var name = driver.TextOrEmpty("name");
        CsiDriverNames.Validate(name, $"{path}.name", errors);
        if (driver.Text("nodeID") is not { } node)
        {
            errors.Required($"{path}.nodeID");
        }
        else if (node.Length > LongestNodeId)
        {
            errors.Invalid($"{path}.nodeID", node, $"must be {LongestNodeId} characters or less");
        }

        driver.Object("allocatable").ValidateNotNegative("count", $"{path}.allocatable", errors);
        if (!names.Add(name))
        {
            errors.Duplicate($"{path}.name", name);
        }

        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (key, _) in driver.Texts("topologyKeys"))
        {
            if (!keys.Add(key))
            {
                errors.Duplicate(path, key);
            }

            QualifiedNames.Validate(key, path, errors);
        }
    }
}
