using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Apps.ControllerRevisions;

/// <summary>ControllerRevisions: an earlier state of a StatefulSet or DaemonSet, kept to go back to.</summary>
internal sealed class ControllerRevisionStrategy : ResourceStrategy
{
    public override KindInfo Kind => ControllerRevision.Info;

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn, new("Controller", Description: "Controller of the object"), new("Revision", Description: "Number of the state, higher for later ones."),
        TableColumn.AgeColumn,
    ];

    public override void Validate(JsonObject target, FieldErrors errors)
    {
        if (target["data"] is null)
        {
            errors.Required("data", "data is mandatory");
        }

        if (target.Number("revision") is < 0 and var revision)
        {
            errors.Invalid("revision", revision, "must be greater than or equal to 0");
        }
    }

    public override void ValidateUpdate(JsonObject target, JsonObject old, FieldErrors errors) => target.ValidateUnchanged(old, "data", "", errors);

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now) =>
        [TableColumn.NameOf(source), Controller(source), source.Get("revision"u8).Number(), TableColumn.Age(source, now)];

    private static string Controller(JsonElement source)
    {
        foreach (var owner in source.Get("metadata"u8, "ownerReferences"u8).Items())
        {
            if (owner.Get("controller"u8).IsTrue())
            {
                var version = owner.Text("apiVersion"u8);
                var slash = version.IndexOf('/', StringComparison.Ordinal);
                var kind = slash < 0 ? owner.Text("kind"u8) : $"{owner.Text("kind"u8)}.{version[..slash]}";
                return $"{kind.ToLowerInvariant()}/{owner.Text("name"u8)}";
            }
        }

        return Cells.None;
    }
}
