using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Storage.CSIDrivers;

/// <summary>CSIDrivers: how the cluster is to treat a storage driver.</summary>
internal sealed class CSIDriverStrategy : ResourceStrategy
{
    private const long ShortestToken = 600;
    private const long LongestToken = 1L << 32;

    public override KindInfo Kind => CSIDriver.Info;

    public override bool HasGeneration => true;

    public override bool AllowsUnconditionalUpdate => false;

    public override bool ReturnsObjectOnDelete => true;

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn, new("AttachRequired", "boolean", Description: "Whether volumes are attached to nodes."),
        new("PodInfoOnMount", "boolean", Description: "Whether the driver is told about the pod."), new("StorageCapacity", "boolean", Description: "Whether the driver reports its capacity."),
        new("TokenRequests", Description: "Audiences of the tokens that the driver gets."), new("RequiresRepublish", "boolean", Description: "Whether volumes are published again and again."),
        new("Modes", Description: "Which lives volumes can have."), TableColumn.AgeColumn,
    ];

    // storage/v1: SetDefaults_CSIDriver.
    public override void Default(JsonObject target)
    {
        var spec = target.Ensure("spec");
        spec.DefaultFlag("attachRequired", true);
        foreach (var field in (ReadOnlySpan<string>)["podInfoOnMount", "storageCapacity", "requiresRepublish", "seLinuxMount"])
        {
            spec.DefaultFlag(field, false);
        }

        spec.DefaultText("fsGroupPolicy", "ReadWriteOnceWithFSType");
        if (spec.Count("volumeLifecycleModes") == 0)
        {
            spec["volumeLifecycleModes"] = new JsonArray("Persistent");
        }
    }

    // Rules: storage: validation.go ValidateCSIDriver.
    public override void Validate(JsonObject target, FieldErrors errors)
    {
        var spec = target.Object("spec");
        if (spec.TextOrEmpty("fsGroupPolicy") is not ("File" or "None" or "ReadWriteOnceWithFSType") and var policy)
        {
            errors.NotSupported("spec.fsGroupPolicy", policy, "File", "None", "ReadWriteOnceWithFSType");
        }

        ValidateTokens(spec, errors);
        foreach (var (mode, _) in spec.Texts("volumeLifecycleModes"))
        {
            if (mode is not ("Persistent" or "Ephemeral"))
            {
                errors.NotSupported("spec.volumeLifecycleModes", mode, "Persistent", "Ephemeral");
            }
        }

        if (spec.Number("nodeAllocatableUpdatePeriodSeconds") is < 10 and var period)
        {
            errors.Invalid("spec.nodeAllocatableUpdatePeriodSeconds", period, "must be greater than or equal to 10 seconds");
        }
    }

    public override void ValidateUpdate(JsonObject target, JsonObject old, FieldErrors errors)
    {
        var spec = target.Object("spec");
        if (spec.Flag("attachRequired") != old.Object("spec").Flag("attachRequired"))
        {
            errors.Invalid("spec.attachedRequired", spec?["attachRequired"], "field is immutable"); // Upstream's spelling.
        }

        spec.ValidateUnchanged(old.Object("spec"), "volumeLifecycleModes", "spec", errors);
    }

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now)
    {
        var spec = source.Get("spec"u8);
        var modes = string.Join(',', spec.Get("volumeLifecycleModes"u8).Items().Select(static mode => mode.Text()));
        return
        [
            TableColumn.NameOf(source), spec.Get("attachRequired"u8) is var attach && (!attach.Exists() || attach.IsTrue()), spec.Get("podInfoOnMount"u8).IsTrue(),
            spec.Get("storageCapacity"u8).IsTrue(), spec.Get("tokenRequests"u8).Exists() ? Cells.Join(spec.Get("tokenRequests"u8), "audience"u8) : "<unset>",
            spec.Get("requiresRepublish"u8).IsTrue(), modes.Length > 0 ? modes : Cells.None, TableColumn.Age(source, now),
        ];
    }

    private static void ValidateTokens(JsonObject? spec, FieldErrors errors)
    {
        var audiences = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (request, index) in spec.Objects("tokenRequests"))
        {
            var path = $"spec.tokenRequests[{index}]";
            if (!audiences.Add(request.TextOrEmpty("audience")))
            {
                errors.Duplicate($"{path}.audience", request.TextOrEmpty("audience"));
                continue;
            }

            switch (request.Number("expirationSeconds"))
            {
                case < ShortestToken and var tooShort:
                    errors.Invalid($"{path}.expirationSeconds", tooShort, "may not specify a duration less than 10 minutes");
                    break;
                case > LongestToken and var tooLong:
                    errors.Invalid($"{path}.expirationSeconds", tooLong, "may not specify a duration larger than 2^32 seconds");
                    break;
            }
        }
    }
}
