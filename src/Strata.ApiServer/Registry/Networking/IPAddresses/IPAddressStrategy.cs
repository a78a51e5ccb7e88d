using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Networking.IPAddresses;

/// <summary>IPAddresses: an address that an object holds; the address is the name, so two objects cannot hold the same.</summary>
internal sealed class IPAddressStrategy : ResourceStrategy
{
    public override KindInfo Kind => IPAddress.Info;

    public override IReadOnlyList<string> ShortNames => ["ip"];

    public override IReadOnlyList<TableColumn> Columns { get; } = [TableColumn.NameColumn, new("ParentRef", Description: "The object that holds the address.")];

    public override void ValidateName(string name, FieldErrors errors)
    {
        if (!Addresses.TryParse(name, out var address))
        {
            errors.Invalid("metadata.name", name, Addresses.AnyIP);
        }
        else if (address.ToString() != name)
        {
            errors.Invalid("metadata.name", name, $"must be in canonical form (\"{address}\")");
        }
    }

    // Rules: networking: validation.go validateIPAddressParentReference.
    public override void Validate(JsonObject target, FieldErrors errors)
    {
        if (target.Object("spec").Object("parentRef") is not { } parent)
        {
            errors.Required("spec.parentRef");
            return;
        }

        if (parent.Text("group") is { } group)
        {
            ObjectNames.ValidateSubdomain(group, "spec.parentRef.group", errors);
        }

        foreach (var field in (ReadOnlySpan<string>)["resource", "name", "namespace"])
        {
            if (parent.Text(field) is { } text)
            {
                PathSegments.Validate(text, $"spec.parentRef.{field}", errors);
            }
            else if (field != "namespace")
            {
                errors.Required($"spec.parentRef.{field}");
            }
        }
    }

    public override void ValidateUpdate(JsonObject target, JsonObject old, FieldErrors errors) =>
        target.Object("spec").ValidateUnchanged(old.Object("spec"), "parentRef", "spec", errors);

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now)
    {
        var parent = source.Get("spec"u8, "parentRef"u8);
        if (!parent.Exists())
        {
            return [TableColumn.NameOf(source), Cells.None];
        }

        var resource = parent.Get("group"u8).HasText() ? $"{parent.Text("resource"u8)}.{parent.Text("group"u8)}" : parent.Text("resource"u8);
        var place = parent.Get("namespace"u8).HasText() ? $"{parent.Text("namespace"u8)}/" : "";
        return [TableColumn.NameOf(source), $"{resource.ToLowerInvariant()}/{place}{parent.Text("name"u8)}"];
    }
}
