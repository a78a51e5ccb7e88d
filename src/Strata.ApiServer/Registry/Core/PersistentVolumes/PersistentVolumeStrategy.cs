using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Core.Pods.Spec;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.PersistentVolumes;

/// <summary>PersistentVolumes: storage that outlives pods.</summary>
internal sealed class PersistentVolumeStrategy(TimeProvider clock) : ResourceStrategy
{
    public override KindInfo Kind => PersistentVolume.Info;

    public override IReadOnlyList<string> ShortNames => ["pv"];

    public override bool HasStatus => true;

    public override bool ReturnsObjectOnDelete => true;

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn, new("Capacity", Description: "Size of the volume."), new("Access Modes", Description: "How the volume may be mounted."),
        new("Reclaim Policy", Description: "What becomes of the volume without a claim."), new("Status", Description: "Whether the volume is free, bound or neither."),
        new("Claim", Description: "The claim that holds the volume."), new("StorageClass", Description: "StorageClass of the pv"),
        new("VolumeAttributesClass", Description: "VolumeAttributesClass of the pv"), new("Reason", Description: "Why the status is as it is."), TableColumn.AgeColumn,
        new("VolumeMode", Priority: 1, Description: "Whether it is a file system or a device."),
    ];

    // core/v1: SetDefaults_PersistentVolume.
    public override void Default(JsonObject target)
    {
        target.Ensure("status").DefaultText("phase", "Pending");
        var spec = target.Ensure("spec");
        spec.DefaultText("persistentVolumeReclaimPolicy", "Retain");
        spec.DefaultText("volumeMode", "Filesystem");
        Quantities.Canonicalize(spec.Object("capacity"));
        if (spec.Object("hostPath") is { } hostPath)
        {
            hostPath["type"] ??= "";
        }

        spec.Object("iscsi")?.DefaultText("iscsiInterface", "default");
        if (spec.Object("rbd") is { } rbd)
        {
            rbd.DefaultText("pool", "rbd");
            rbd.DefaultText("user", "admin");
            rbd.DefaultText("keyring", "/etc/ceph/keyring");
        }
    }

    public override void PrepareForCreate(JsonObject target)
    {
        target["status"] = new JsonObject { ["phase"] = "Pending" };
        target.Ensure("status").Restore(target.Metadata(), "creationTimestamp");
        if (target.Ensure("status").Remove("creationTimestamp", out var now))
        {
            target.Ensure("status")["lastPhaseTransitionTime"] = now;
        }
    }

    // KEP-3762.
    public override void PrepareForStatusUpdate(JsonObject target, JsonObject old)
    {
        var status = target.Ensure("status");
        var before = old.Object("status");
        if (status.Text("phase") != before.Text("phase")
            && (status.Text("lastPhaseTransitionTime") is null || status.Text("lastPhaseTransitionTime") == before.Text("lastPhaseTransitionTime")))
        {
            status["lastPhaseTransitionTime"] = KubeTime.Format(clock.GetUtcNow());
        }
    }

    public override void Validate(JsonObject target, FieldErrors errors) => PersistentVolumeValidation.Validate(target.Object("spec"), "spec", isInline: false, errors);

    public override void ValidateUpdate(JsonObject target, JsonObject old, FieldErrors errors) =>
        PersistentVolumeValidation.ValidateUpdate(target.Object("spec"), old.Object("spec"), errors);

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now)
    {
        var spec = source.Get("spec"u8);
        var claim = spec.Get("claimRef"u8);
        return
        [
            TableColumn.NameOf(source), StorageCells.Size(spec.Get("capacity"u8), "0"), StorageCells.AccessModes(spec.Get("accessModes"u8)), spec.Text("persistentVolumeReclaimPolicy"u8),
            StorageCells.Phase(source), claim.Exists() ? $"{claim.Text("namespace"u8)}/{claim.Text("name"u8)}" : "", StorageCells.Class(source),
            StorageCells.TextOrUnset(spec.Get("volumeAttributesClassName"u8)), source.Get("status"u8, "reason"u8).Text(), TableColumn.Age(source, now),
            StorageCells.TextOrUnset(spec.Get("volumeMode"u8)),
        ];
    }
}
