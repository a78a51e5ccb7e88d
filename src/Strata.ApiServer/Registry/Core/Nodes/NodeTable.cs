using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Nodes;

/// <summary>Printer columns of nodes (printers/internalversion: printNode).</summary>
internal static class NodeTable
{
    public static readonly IReadOnlyList<TableColumn> Columns =
    [
        TableColumn.NameColumn, new("Status", Description: "The status of the node"), new("Roles", Description: "The roles of the node"), TableColumn.AgeColumn,
        new("Version", Description: "Version of the node agent."), new("Internal-IP", Priority: 1, Description: "Address inside the cluster."),
        new("External-IP", Priority: 1, Description: "Address outside the cluster."), new("OS-Image", Priority: 1, Description: "Operating system."),
        new("Kernel-Version", Priority: 1, Description: "Kernel."), new("Container-Runtime", Priority: 1, Description: "Container runtime and its version."),
    ];

    private const string RolePrefix = "node-role.kubernetes.io/";

    public static IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now)
    {
        var status = source.Get("status"u8);
        var info = status.Get("nodeInfo"u8);
        return
        [
            TableColumn.NameOf(source), Status(source, status), Roles(source.Get("metadata"u8, "labels"u8)), TableColumn.Age(source, now), info.Text("kubeletVersion"u8),
            Address(status, "InternalIP"u8), Address(status, "ExternalIP"u8), OrUnknown(info.Text("osImage"u8)), OrUnknown(info.Text("kernelVersion"u8)),
            OrUnknown(info.Text("containerRuntimeVersion"u8)),
        ];
    }

    private static string Status(JsonElement source, JsonElement status)
    {
        var text = "Unknown";
        foreach (var condition in status.Get("conditions"u8).Items())
        {
            if (condition.Get("type"u8).Is("Ready"u8))
            {
                text = condition.Get("status"u8).Is("True"u8) ? "Ready" : "NotReady";
            }
        }

        return source.Get("spec"u8, "unschedulable"u8).IsTrue() ? $"{text},SchedulingDisabled" : text;
    }

    private static string Roles(JsonElement labels)
    {
        var roles = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var label in labels.Properties())
        {
            if (label.Name.StartsWith(RolePrefix, StringComparison.Ordinal) && label.Name.Length > RolePrefix.Length)
            {
                roles.Add(label.Name[RolePrefix.Length..]);
            }
            else if (label.NameEquals("kubernetes.io/role"u8) && label.Value.HasText())
            {
                roles.Add(label.Value.Text());
            }
        }

        return roles.Count == 0 ? Cells.None : string.Join(',', roles);
    }

    private static string Address(JsonElement status, ReadOnlySpan<byte> type)
    {
        foreach (var address in status.Get("addresses"u8).Items())
        {
            if (address.Get("type"u8).Is(type))
            {
                return address.Text("address"u8);
            }
        }

        return Cells.None;
    }

    private static string OrUnknown(string text) => text.Length == 0 ? "<unknown>" : text;
}
