using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Endpoints;

/// <summary>Endpoints: the addresses behind a service in the older form, one object per service.</summary>
internal sealed class EndpointsStrategy : ResourceStrategy
{
    private const int MostShown = 3;

    public override KindInfo Kind => Api.Models.Endpoints.Info;

    public override IReadOnlyList<string> ShortNames => ["ep"];

    public override bool AllowsCreateOnUpdate => true;

    public override IReadOnlyList<TableColumn> Columns { get; } =
        [TableColumn.NameColumn, new("Endpoints", Description: "Addresses and ports that are ready."), TableColumn.AgeColumn];

    public override void Default(JsonObject target)
    {
        foreach (var (subset, _) in target.Objects("subsets"))
        {
            foreach (var (port, _) in subset.Objects("ports"))
            {
                port.DefaultText("protocol", "TCP");
            }
        }
    }

    public override void Validate(JsonObject target, FieldErrors errors) => EndpointsValidation.Validate(target, errors);

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now) =>
        [TableColumn.NameOf(source), Format(source.Get("subsets"u8)), TableColumn.Age(source, now)];

    // Every ready address with every port; from the fourth on only their number (printers: formatEndpoints).
    private static string Format(JsonElement subsets)
    {
        var shown = new List<string>(MostShown);
        var more = 0;
        foreach (var subset in subsets.Items())
        {
            var ports = subset.Get("ports"u8);
            foreach (var address in subset.Get("addresses"u8).Items())
            {
                foreach (var port in ports.Items())
                {
                    Add(HostAndPort(address.Text("ip"u8), port.Get("port"u8).Number()));
                }

                if (ports.Count() == 0)
                {
                    Add(address.Text("ip"u8));
                }
            }
        }

        var text = string.Join(',', shown);
        return shown.Count == 0 ? Cells.None : more > 0 ? $"{text} + {more} more..." : text;

        void Add(string endpoint)
        {
            if (shown.Count < MostShown)
            {
                shown.Add(endpoint);
            }
            else
            {
                more++;
            }
        }
    }

    private static string HostAndPort(string ip, long port) => ip.Contains(':', StringComparison.Ordinal) ? $"[{ip}]:{port.Text()}" : $"{ip}:{port.Text()}";
}
