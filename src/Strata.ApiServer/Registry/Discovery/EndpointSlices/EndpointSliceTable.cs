using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Discovery.EndpointSlices;

/// <summary>Printer columns of slices (printers/internalversion: printEndpointSlice).</summary>
internal static class EndpointSliceTable
{
    public static readonly IReadOnlyList<TableColumn> Columns =
    [
        TableColumn.NameColumn, new("AddressType", Description: "IPv4, IPv6 or FQDN."), new("Ports", Description: "Ports of every endpoint."),
        new("Endpoints", Description: "Addresses."), TableColumn.AgeColumn,
    ];

    private const int MostShown = 3;

    public static IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now) =>
        [TableColumn.NameOf(source), source.Text("addressType"u8), Ports(source.Get("ports"u8)), Endpoints(source.Get("endpoints"u8)), TableColumn.Age(source, now)];

    private static string Ports(JsonElement ports)
    {
        var texts = new List<string>();
        foreach (var port in ports.Items())
        {
            // A port without number stands for all.
            var number = port.Get("port"u8);
            var name = port.Text("name"u8);
            texts.Add(number.Exists() ? number.Number().Text() : name.Length > 0 ? name : "*");
        }

        return Shorten(texts, "<unset>");
    }

    private static string Endpoints(JsonElement endpoints)
    {
        var addresses = new List<string>();
        foreach (var endpoint in endpoints.Items())
        {
            foreach (var address in endpoint.Get("addresses"u8).Items())
            {
                addresses.Add(address.Text());
            }
        }

        return Shorten(addresses, "<unset>");
    }

    private static string Shorten(List<string> items, string empty) =>
        items.Count == 0 ? empty
        : items.Count <= MostShown ? string.Join(',', items)
        : $"{string.Join(',', items.Take(MostShown))} + {items.Count - MostShown} more...";
}
