using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Core.Pods.Spec;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Storage.CSIStorageCapacities;

/// <summary>CSIStorageCapacities: how much storage of a class is left where.</summary>
internal sealed class CSIStorageCapacityStrategy : ResourceStrategy
{
    public override KindInfo Kind => CSIStorageCapacity.Info;

    public override bool AllowsUnconditionalUpdate => false;

    public override IReadOnlyList<TableColumn> Columns { get; } =
        [TableColumn.NameColumn, new("StorageClassName", Description: "The class that the capacity is for."), new("Capacity", Description: "Bytes that are left.")];

    public override void Default(JsonObject target)
    {
        Quantities.CanonicalizeField(target, "capacity");
        Quantities.CanonicalizeField(target, "maximumVolumeSize");
    }

    // Rules: storage: validation.go ValidateCSIStorageCapacity.
    public override void Validate(JsonObject target, FieldErrors errors)
    {
        LabelSelectorValidation.Validate(target.Object("nodeTopology"), "nodeTopology", errors);
        ObjectNames.ValidateSubdomain(target.TextOrEmpty("storageClassName"), "storageClassName", errors);
        if (target["capacity"] is { } capacity)
        {
            Quantities.Validate("storage", capacity, "capacity", errors);
        }
    }

    public override void ValidateUpdate(JsonObject target, JsonObject old, FieldErrors errors)
    {
        target.ValidateUnchanged(old, "nodeTopology", "", errors);
        target.ValidateUnchanged(old, "storageClassName", "", errors);
    }

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now) =>
        [TableColumn.NameOf(source), source.Text("storageClassName"u8), source.Get("capacity"u8) is var capacity && capacity.Exists() ? capacity.ToString() : "<unset>"];
}
