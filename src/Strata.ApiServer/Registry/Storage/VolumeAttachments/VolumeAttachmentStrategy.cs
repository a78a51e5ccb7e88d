using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Core.PersistentVolumes;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Storage.VolumeAttachments;

/// <summary>VolumeAttachments: a volume that is, or is to be, attached to a node.</summary>
internal sealed class VolumeAttachmentStrategy : ResourceStrategy
{
    private const int MostMetadataBytes = 256 * 1024;
    private const int LongestMessage = 1024;

    public override KindInfo Kind => VolumeAttachment.Info;

    public override bool HasStatus => true;

    public override bool AllowsUnconditionalUpdate => false;

    public override bool ReturnsObjectOnDelete => true;

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn, new("Attacher", Description: "The driver that attaches."), new("PV", Description: "The volume."), new("Node", Description: "The node."),
        new("Attached", "boolean", Description: "Whether it is attached."), TableColumn.AgeColumn,
    ];

    public override void PrepareForCreate(JsonObject target) => target["status"] = new JsonObject { ["attached"] = false };

    public override void PrepareForStatusUpdate(JsonObject target, JsonObject old) => target.RestoreMetadata(old);

    // Rules: storage: validation.go ValidateVolumeAttachment, ValidateVolumeAttachmentV1.
    public override void Validate(JsonObject target, FieldErrors errors)
    {
        var spec = target.Object("spec");
        CsiDriverNames.Validate(spec.TextOrEmpty("attacher"), "spec.attacher", errors);
        ValidateSource(spec.Object("source"), errors);
        ObjectNames.ValidateSubdomain(spec.TextOrEmpty("nodeName"), "spec.nodeName", errors);
    }

    public override void ValidateUpdate(JsonObject target, JsonObject old, FieldErrors errors) => target.ValidateUnchanged(old, "spec", "", errors);

    public override void ValidateStatusUpdate(JsonObject target, JsonObject old, FieldErrors errors)
    {
        var status = target.Object("status");
        var size = status.Object("attachmentMetadata").Entries().Sum(static entry => Encoding.UTF8.GetByteCount(entry.Key) + Encoding.UTF8.GetByteCount(entry.Value));
        if (size > MostMetadataBytes)
        {
            errors.TooLong("status.attachmentMetadata", MostMetadataBytes);
        }

        foreach (var field in (ReadOnlySpan<string>)["attachError", "detachError"])
        {
            if (Encoding.UTF8.GetByteCount(status.Object(field).TextOrEmpty("message")) > LongestMessage)
            {
                errors.TooLong($"status.{field}.message", LongestMessage);
            }

            if (status.Object(field).Number("errorCode") is < 0 and var code)
            {
                errors.Invalid($"status.{field}.errorCode", code, "must be between 0 and 2147483647, inclusive");
            }
        }
    }

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now)
    {
        var spec = source.Get("spec"u8);
        return
        [
            TableColumn.NameOf(source), spec.Text("attacher"u8), spec.Get("source"u8, "persistentVolumeName"u8).Text(), spec.Text("nodeName"u8),
            source.Get("status"u8, "attached"u8).IsTrue(), TableColumn.Age(source, now),
        ];
    }

    private static void ValidateSource(JsonObject? source, FieldErrors errors)
    {
        const string both = "must specify exactly one of inlineVolumeSpec and persistentVolumeName";
        var hasVolume = JsonTree.TryText(source?["persistentVolumeName"], out var volume);
        var inline = source.Object("inlineVolumeSpec");
        if (hasVolume && inline is not null)
        {
            errors.Forbidden("spec.source", both);
        }
        else if (inline is not null)
        {
            PersistentVolumeValidation.Validate(inline, "spec.source.inlineVolumeSpec", isInline: true, errors);
        }
        else if (!hasVolume)
        {
            errors.Required("spec.source", both);
        }
        else if (volume!.Length == 0)
        {
            errors.Required("spec.source.persistentVolumeName", "must specify non empty persistentVolumeName");
        }
        else
        {
            ObjectNames.ValidateSubdomain(volume, "spec.source.persistentVolumeName", errors);
        }
    }
}
