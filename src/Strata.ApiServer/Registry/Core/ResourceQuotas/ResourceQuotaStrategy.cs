using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Core.Pods.Spec;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.ResourceQuotas;

/// <summary>ResourceQuotas: what all objects of a namespace together may use.</summary>
internal sealed class ResourceQuotaStrategy : ResourceStrategy
{
    public override KindInfo Kind => ResourceQuota.Info;

    public override IReadOnlyList<string> ShortNames => ["quota"];

    public override bool HasStatus => true;

    public override bool ReturnsObjectOnDelete => true;

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn, new("Request", Description: "Request represents a minimum amount of cpu/memory that a container may consume."),
        new("Limit", Description: "Limits control the maximum amount of cpu/memory that a container may use independent of contention on the node."), TableColumn.AgeColumn,
    ];

    public override void Default(JsonObject target)
    {
        Quantities.Canonicalize(target.Object("spec").Object("hard"));
        Quantities.Canonicalize(target.Object("status").Object("hard"));
        Quantities.Canonicalize(target.Object("status").Object("used"));
    }

    public override void PrepareForCreate(JsonObject target) => target["status"] = new JsonObject();

    public override void Validate(JsonObject target, FieldErrors errors) => ResourceQuotaValidation.Validate(target.Object("spec"), errors);

    public override void ValidateUpdate(JsonObject target, JsonObject old, FieldErrors errors) =>
        ResourceQuotaValidation.ValidateUpdate(target.Object("spec"), old.Object("spec"), errors);

    public override void ValidateStatusUpdate(JsonObject target, JsonObject old, FieldErrors errors)
    {
        ResourceQuotaValidation.ValidateAmounts(target.Object("status").Object("hard"), "status.hard", errors);
        ResourceQuotaValidation.ValidateAmounts(target.Object("status").Object("used"), "status.used", errors);
    }

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now)
    {
        var status = source.Get("status"u8);
        var hard = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var resource in status.Get("hard"u8).Properties())
        {
            hard.Add(resource.Name, resource.Value.ToString());
        }

        var requests = new StringBuilder();
        var limits = new StringBuilder();
        foreach (var (resource, amount) in hard)
        {
            var used = status.Get("used"u8, Encoding.UTF8.GetBytes(resource)) is var found && found.Exists() ? found.ToString() : "0";
            var text = resource.StartsWith("limits.", StringComparison.Ordinal) ? limits : requests;
            text.Append(text.Length > 0 ? ", " : "").Append(resource).Append(": ").Append(used).Append('/').Append(amount);
        }

        return [TableColumn.NameOf(source), requests.ToString(), limits.ToString(), TableColumn.Age(source, now)];
    }
}
