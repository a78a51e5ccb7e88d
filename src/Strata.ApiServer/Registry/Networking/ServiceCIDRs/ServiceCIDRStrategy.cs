using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Networking.ServiceCIDRs;

/// <summary>ServiceCIDRs: ranges of cluster addresses. The one that the server was started with is there from the start; it alone is handed out from.</summary>
internal sealed class ServiceCIDRStrategy : ResourceStrategy
{
    public override KindInfo Kind => ServiceCIDR.Info;

    public override bool HasStatus => true;

    public override IReadOnlyList<TableColumn> Columns { get; } = [TableColumn.NameColumn, new("CIDRs", Description: "The ranges, one of each address family."), TableColumn.AgeColumn];

    public override void PrepareForCreate(JsonObject target) => target["status"] = new JsonObject();

    public override void PrepareForStatusUpdate(JsonObject target, JsonObject old) => target.RestoreMetadata(old);

    // Rules: networking: validation.go ValidateServiceCIDR.
    public override void Validate(JsonObject target, FieldErrors errors)
    {
        var spec = target.Object("spec");
        var ranges = spec.Texts("cidrs").ToList();
        if (ranges.Count == 0)
        {
            errors.Required("spec.cidrs", "at least one CIDR required");
            return;
        }

        if (ranges.Count > 2)
        {
            errors.Invalid("spec.cidrs", spec, "may only hold up to 2 values");
            return;
        }

        if (ranges.Count == 2 && !(Cidrs.TryParse(ranges[0].Item, out _, out var first) && Cidrs.TryParse(ranges[1].Item, out _, out var second) && first.AddressFamily != second.AddressFamily))
        {
            errors.Invalid("spec.cidrs", spec, "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64");
            return;
        }

        foreach (var (range, index) in ranges)
        {
            Cidrs.Validate(range, $"spec.cidrs[{index}]", errors);
        }
    }

    public override void ValidateUpdate(JsonObject target, JsonObject old, FieldErrors errors) =>
        target.Object("spec").ValidateUnchanged(old.Object("spec"), "cidrs", "spec", errors);

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now)
    {
        var ranges = new List<string>();
        foreach (var range in source.Get("spec"u8, "cidrs"u8).Items())
        {
            ranges.Add(range.Text());
        }

        return [TableColumn.NameOf(source), string.Join(',', ranges), TableColumn.Age(source, now)];
    }
}
