using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Core.Pods.Spec;
using Strata.ApiServer.Registry.Generic;
using JsonNumber = Strata.Api.Json.JsonNumber;

namespace Strata.ApiServer.Registry.Core.Pods;

/// <summary>Pods: containers that share a node, a network and volumes.</summary>
internal sealed class PodStrategy : ResourceStrategy
{
    private static readonly string[] FieldNames =
    [
        "spec.nodeName", "spec.host", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork", "status.phase", "status.podIP", "status.podIPs",
        "status.nominatedNodeName",
    ];

    public override KindInfo Kind => Pod.Info;

    public override IReadOnlyList<string> ShortNames => ["po"];

    public override IReadOnlyList<string> Categories => ["all"];

    public override bool HasStatus => true;

    public override bool HasGeneration => true;

    public override bool ReturnsObjectOnDelete => true;

    public override IReadOnlyList<TableColumn> Columns => PodTable.Columns;

    public override void Default(JsonObject target)
    {
        PodSpecDefaults.Apply(target.Ensure("spec"), isPod: true);
        SyncAddresses(target.Object("status"), "podIP", "podIPs");
        SyncAddresses(target.Object("status"), "hostIP", "hostIPs");
    }

    public override void PrepareForCreate(JsonObject target)
    {
        var spec = target.Ensure("spec");
        var status = new JsonObject { ["phase"] = "Pending", ["qosClass"] = PodQos.Compute(spec) };
        if (spec.Count("schedulingGates") > 0)
        {
            status["conditions"] = new JsonArray(new JsonObject
            {
                ["type"] = "PodScheduled",
                ["status"] = "False",
                ["reason"] = "SchedulingGated",
                ["message"] = "Scheduling is blocked due to non-empty scheduling gates",
            });
        }

        target["status"] = status;
    }

    public override void PrepareForUpdate(JsonObject target, JsonObject old)
    {
        // A negative grace period from older clients means "at once".
        if (target.Object("spec").Number("terminationGracePeriodSeconds") < 0)
        {
            target.Object("spec")!["terminationGracePeriodSeconds"] = JsonNumber.Create(1);
        }
    }

    public override void PrepareForStatusUpdate(JsonObject target, JsonObject old)
    {
        // Who reports a pod's status neither owns nor deletes it.
        target.Metadata().Restore(old.Object("metadata"), "ownerReferences");
        target.Metadata().Restore(old.Object("metadata"), "deletionTimestamp");
        if (target.Ensure("status").Text("qosClass") is null)
        {
            target.Ensure("status").Restore(old.Object("status"), "qosClass");
        }
    }

    public override void Validate(JsonObject target, FieldErrors errors) => PodValidation.Validate(target, errors);

    public override void ValidateCreate(JsonObject target, FieldErrors errors)
    {
        if (target.Object("spec").Count("ephemeralContainers") > 0)
        {
            errors.Forbidden("spec.ephemeralContainers", "cannot be set on create");
        }
    }

    public override void ValidateUpdate(JsonObject target, JsonObject old, FieldErrors errors) => PodUpdateValidation.Validate(target, old, errors);

    public override IReadOnlyDictionary<string, string> SelectableFields(JsonElement source)
    {
        var spec = source.Get("spec"u8);
        var status = source.Get("status"u8);
        var node = spec.Text("nodeName"u8);
        return new SelectableFieldSet(FieldNames,
        [
            node, node, SelectableFieldSet.Value(spec.Get("restartPolicy"u8)), SelectableFieldSet.Value(spec.Get("schedulerName"u8)),
            SelectableFieldSet.Value(spec.Get("serviceAccountName"u8)), spec.Get("hostNetwork"u8).IsTrue() ? "true" : "false",
            SelectableFieldSet.Value(status.Get("phase"u8)), status.Text("podIP"u8), Cells.Join(status.Get("podIPs"u8), "ip"u8), status.Text("nominatedNodeName"u8),
        ]);
    }

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now) => PodTable.Row(source, now);

    public override long GracePeriodSeconds(JsonObject target, long? requested)
    {
        // A pod without a node, or one that has ended, has nothing to wind down.
        var spec = target.Object("spec");
        if (spec.Text("nodeName") is null || target.Object("status").Text("phase") is "Succeeded" or "Failed")
        {
            return 0;
        }

        var seconds = requested ?? spec.Number("terminationGracePeriodSeconds") ?? 0;
        return seconds < 0 ? 1 : seconds;
    }

    // The older field with one address and the newer list say the same.
    private static void SyncAddresses(JsonObject? status, string single, string list)
    {
        if (status.Text(single) is { } address && status.Count(list) == 0)
        {
            status![list] = new JsonArray(new JsonObject { ["ip"] = address });
        }
        else if (status.Text(single) is null && status.Objects(list).FirstOrDefault().Item.Text("ip") is { } first)
        {
            status![single] = first;
        }
    }
}
