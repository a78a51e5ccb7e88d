using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Networking.Ingresses;

/// <summary>Ingresses: which service answers which host and path.</summary>
internal sealed class IngressStrategy : ResourceStrategy
{
    private const int MostShown = 3;

    public override KindInfo Kind => Ingress.Info;

    public override IReadOnlyList<string> ShortNames => ["ing"];

    public override bool HasStatus => true;

    public override bool HasGeneration => true;

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn, new("Class", Description: "The name of the IngressClass resource that should be used for additional configuration"),
        new("Hosts", Description: "Hosts that incoming requests are matched against before the ingress rule"),
        new("Address", Description: "Address is a list containing ingress points for the load-balancer"), new("Ports", Description: "Ports of TLS configurations that open"),
        TableColumn.AgeColumn,
    ];

    public override void PrepareForCreate(JsonObject target) => target["status"] = new JsonObject { ["loadBalancer"] = new JsonObject() };

    public override void Validate(JsonObject target, FieldErrors errors) => IngressValidation.Validate(target, errors);

    public override void ValidateCreate(JsonObject target, FieldErrors errors) => IngressValidation.ValidateCreate(target, errors);

    public override void ValidateStatusUpdate(JsonObject target, JsonObject old, FieldErrors errors) => IngressValidation.ValidateStatus(target.Object("status"), errors);

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now)
    {
        var spec = source.Get("spec"u8);
        return
        [
            TableColumn.NameOf(source), spec.Get("ingressClassName"u8).TextOrNone(), Hosts(spec.Get("rules"u8)), Addresses(source.Get("status"u8, "loadBalancer"u8).Get("ingress"u8)),
            spec.Get("tls"u8).Count() > 0 ? "80, 443" : "80", TableColumn.Age(source, now),
        ];
    }

    private static string Hosts(JsonElement rules)
    {
        var hosts = new List<string>();
        var hasMore = false;
        foreach (var rule in rules.Items())
        {
            hasMore |= hosts.Count == MostShown;
            if (!hasMore && rule.Get("host"u8).HasText())
            {
                hosts.Add(rule.Text("host"u8));
            }
        }

        var text = string.Join(',', hosts);
        return hosts.Count == 0 ? "*" : hasMore ? $"{text} + {rules.Count() - MostShown} more..." : text;
    }

    private static string Addresses(JsonElement points)
    {
        var addresses = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var point in points.Items())
        {
            addresses.Add(point.Get("ip"u8).HasText() ? point.Text("ip"u8) : point.Text("hostname"u8));
        }

        return string.Join(',', addresses.Where(static address => address.Length > 0));
    }
}
