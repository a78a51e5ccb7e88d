using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Rbac;

/// <summary>Columns of roles: upstream prints them with its printer for kinds that have none of their own.</summary>
internal static class RoleTable
{
    public static readonly IReadOnlyList<TableColumn> Columns = [TableColumn.NameColumn, new("Created At", "date", Description: "When the role was made.")];

    public static IReadOnlyList<JsonNode?> Row(JsonElement role) => [TableColumn.NameOf(role), role.Get("metadata"u8, "creationTimestamp"u8).Text()];
}
