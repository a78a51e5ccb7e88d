using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Services;

/// <summary>Printer columns of services (printers/internalversion: printService).</summary>
internal static class ServiceTable
{
    public static readonly IReadOnlyList<TableColumn> Columns =
    [
        TableColumn.NameColumn, new("Type", Description: "How the service is exposed."), new("Cluster-IP", Description: "Its address inside the cluster."),
        new("External-IP", Description: "Its addresses outside the cluster."), new("Port(s)", Description: "Its ports and node ports."), TableColumn.AgeColumn,
        new("Selector", Priority: 1, Description: "Which pods serve it."),
    ];

    public static IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now)
    {
        var spec = source.Get("spec"u8);
        return
        [
            TableColumn.NameOf(source), spec.Text("type"u8), spec.Get("clusterIP"u8).TextOrNone(), External(source, spec), Ports(spec.Get("ports"u8)),
            TableColumn.Age(source, now), Cells.Labels(spec.Get("selector"u8)),
        ];
    }

    private static string External(JsonElement source, JsonElement spec)
    {
        if (spec.Get("type"u8).Is("ExternalName"u8))
        {
            return spec.Get("externalName"u8).TextOrNone();
        }

        var addresses = new List<string>();
        var isBalanced = spec.Get("type"u8).Is("LoadBalancer"u8);
        if (isBalanced)
        {
            foreach (var ingress in source.Get("status"u8, "loadBalancer"u8).Get("ingress"u8).Items())
            {
                addresses.Add(ingress.Get("ip"u8).HasText() ? ingress.Text("ip"u8) : ingress.Text("hostname"u8));
            }
        }

        foreach (var address in spec.Get("externalIPs"u8).Items())
        {
            addresses.Add(address.Text());
        }

        return addresses.Count > 0 ? string.Join(',', addresses) : isBalanced ? "<pending>" : Cells.None;
    }

    private static string Ports(JsonElement ports)
    {
        var text = new StringBuilder();
        foreach (var port in ports.Items())
        {
            text.Append(text.Length > 0 ? "," : "").Append(port.Get("port"u8).Number());
            if (port.Get("nodePort"u8).Number() is > 0 and var nodePort)
            {
                text.Append(':').Append(nodePort);
            }

            text.Append('/').Append(port.Text("protocol"u8));
        }

        return text.Length == 0 ? Cells.None : text.ToString();
    }
}
