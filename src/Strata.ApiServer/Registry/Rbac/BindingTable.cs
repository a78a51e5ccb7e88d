using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Rbac;

/// <summary>Columns of bindings.</summary>
internal static class BindingTable
{
    public static readonly IReadOnlyList<TableColumn> Columns =
    [
        TableColumn.NameColumn,
        new("Role", Description: "Whose permissions are given."),
        TableColumn.AgeColumn,
        new("Users", Priority: 1, Description: "Users who get them."),
        new("Groups", Priority: 1, Description: "Groups that get them."),
        new("ServiceAccounts", Priority: 1, Description: "Service accounts that get them."),
    ];

    public static IReadOnlyList<JsonNode?> Row(JsonElement binding, DateTimeOffset now)
    {
        var role = binding.Get("roleRef"u8);
        return
        [
            TableColumn.NameOf(binding), $"{role.Text("kind"u8)}/{role.Text("name"u8)}", TableColumn.Age(binding, now),
            Subjects(binding, "User"), Subjects(binding, "Group"), Subjects(binding, "ServiceAccount"),
        ];
    }

    private static string Subjects(JsonElement binding, string kind) => string.Join(
        ", ",
        binding.Get("subjects"u8).Items().Where(subject => subject.Text("kind"u8) == kind)
            .Select(subject => kind == "ServiceAccount" ? $"{subject.Text("namespace"u8)}/{subject.Text("name"u8)}" : subject.Text("name"u8)));
}
