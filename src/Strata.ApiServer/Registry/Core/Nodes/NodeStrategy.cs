using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Core.Pods.Spec;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Nodes;

/// <summary>Nodes: machines, and what stands for machines.</summary>
internal sealed class NodeStrategy : ResourceStrategy
{
    private static readonly string[] FieldNames = ["spec.unschedulable"];

    public override KindInfo Kind => Node.Info;

    public override IReadOnlyList<string> ShortNames => ["no"];

    public override bool HasStatus => true;

    public override IReadOnlyList<TableColumn> Columns => NodeTable.Columns;

    public override void Default(JsonObject target)
    {
        // The older field with one range and the newer list say the same.
        var spec = target.Object("spec");
        if (spec.Text("podCIDR") is { } range && spec.Count("podCIDRs") == 0)
        {
            spec!["podCIDRs"] = new JsonArray(range);
        }
        else if (spec.Text("podCIDR") is null && spec.Texts("podCIDRs").FirstOrDefault().Item is { } first)
        {
            spec!["podCIDR"] = first;
        }

        if (target.Object("status") is not { } status)
        {
            return;
        }

        Quantities.Canonicalize(status.Object("capacity"));
        Quantities.Canonicalize(status.Object("allocatable"));
        if (status.Object("capacity") is { } capacity && status.Count("allocatable") == 0)
        {
            status["allocatable"] = capacity.DeepClone();
        }
    }

    // Unlike other kinds a new node keeps its status: a node agent registers with its capacity in one request.
    public override void PrepareForCreate(JsonObject target)
    {
        target.Ensure("spec");
        target.Ensure("status");
        Default(target);
    }

    public override void Validate(JsonObject target, FieldErrors errors) => NodeValidation.Validate(target, errors);

    public override void ValidateUpdate(JsonObject target, JsonObject old, FieldErrors errors) => NodeValidation.ValidateUpdate(target, old, errors);

    public override IReadOnlyDictionary<string, string> SelectableFields(JsonElement source) =>
        new SelectableFieldSet(FieldNames, [source.Get("spec"u8, "unschedulable"u8).IsTrue() ? "true" : "false"]);

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now) => NodeTable.Row(source, now);
}
