using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Core.PersistentVolumes;
using Strata.ApiServer.Registry.Core.Pods.Spec;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.PersistentVolumeClaims;

/// <summary>PersistentVolumeClaims: a wish for storage, and the volume that fulfils it.</summary>
internal sealed class PersistentVolumeClaimStrategy : ResourceStrategy
{
    public override KindInfo Kind => PersistentVolumeClaim.Info;

    public override IReadOnlyList<string> ShortNames => ["pvc"];

    public override bool HasStatus => true;

    public override bool ReturnsObjectOnDelete => true;

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn, new("Status", Description: "Whether the claim has a volume."), new("Volume", Description: "The volume."),
        new("Capacity", Description: "Size of the volume."), new("Access Modes", Description: "How the volume may be mounted."),
        new("StorageClass", Description: "StorageClass of the pvc"), new("VolumeAttributesClass", Description: "VolumeAttributesClass of the pvc"), TableColumn.AgeColumn,
        new("VolumeMode", Priority: 1, Description: "Whether it is a file system or a device."),
    ];

    // core/v1: SetDefaults_PersistentVolumeClaim; registry/core/persistentvolumeclaim: NormalizeDataSources.
    public override void Default(JsonObject target)
    {
        target.Ensure("status").DefaultText("phase", "Pending");
        var spec = target.Ensure("spec");
        spec.DefaultText("volumeMode", "Filesystem");
        Quantities.Canonicalize(spec.Object("resources").Object("requests"));
        Quantities.Canonicalize(spec.Object("resources").Object("limits"));
        if (spec.Object("dataSource") is { } source)
        {
            spec["dataSourceRef"] ??= source.DeepClone();
        }
        else if (spec.Object("dataSourceRef") is { } reference && reference.Text("namespace") is null)
        {
            spec["dataSource"] = reference.DeepClone();
        }
    }

    public override void PrepareForCreate(JsonObject target) => target["status"] = new JsonObject { ["phase"] = "Pending" };

    public override void Validate(JsonObject target, FieldErrors errors) => PersistentVolumeClaimValidation.ValidateSpec(target.Object("spec"), "spec", errors);

    public override void ValidateUpdate(JsonObject target, JsonObject old, FieldErrors errors) => PersistentVolumeClaimValidation.ValidateUpdate(target, old, errors);

    public override void ValidateStatusUpdate(JsonObject target, JsonObject old, FieldErrors errors) =>
        Quantities.ValidateMap(target.Object("status").Object("capacity"), "status.capacity", errors);

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now)
    {
        var spec = source.Get("spec"u8);
        var status = source.Get("status"u8);
        var isBound = spec.Get("volumeName"u8).HasText();
        return
        [
            TableColumn.NameOf(source), StorageCells.Phase(source), spec.Text("volumeName"u8), isBound ? StorageCells.Size(status.Get("capacity"u8), "0") : "",
            isBound ? StorageCells.AccessModes(status.Get("accessModes"u8)) : "", StorageCells.Class(source), StorageCells.TextOrUnset(spec.Get("volumeAttributesClassName"u8)),
            TableColumn.Age(source, now), StorageCells.TextOrUnset(spec.Get("volumeMode"u8)),
        ];
    }
}
