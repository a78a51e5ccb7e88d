using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Discovery.EndpointSlices;

/// <summary>EndpointSlices: a part of the addresses behind a service.</summary>
internal sealed class EndpointSliceStrategy : ResourceStrategy
{
    public override KindInfo Kind => EndpointSlice.Info;

    public override bool HasGeneration => true;

    public override IReadOnlyList<TableColumn> Columns => EndpointSliceTable.Columns;

    public override void Default(JsonObject target)
    {
        foreach (var (port, _) in target.Objects("ports"))
        {
            port.DefaultText("protocol", "TCP");
            port["name"] ??= "";
        }
    }

    public override void Validate(JsonObject target, FieldErrors errors) => EndpointSliceValidation.Validate(target, errors);

    public override void ValidateUpdate(JsonObject target, JsonObject old, FieldErrors errors)
    {
        if (target.Text("addressType") != old.Text("addressType"))
        {
            errors.Invalid("addressType", target.TextOrEmpty("addressType"), "field is immutable");
        }
    }

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now) => EndpointSliceTable.Row(source, now);
}
