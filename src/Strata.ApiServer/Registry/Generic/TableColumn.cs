using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>One column of a Table.</summary>
/// <param name="Name">Header; kubectl upper-cases it.</param>
/// <param name="Type"><c>string</c>, <c>integer</c>, <c>number</c>, <c>boolean</c> or <c>date</c>.</param>
/// <param name="Priority">0 always shown; 1 only with <c>-o wide</c>.</param>
/// <param name="Format"><c>name</c> on the name column, else empty.</param>
/// <param name="Description">What the column tells.</param>
internal sealed record TableColumn(string Name, string Type = "string", int Priority = 0, string Format = "", string Description = "")
{
    public static readonly TableColumn NameColumn = new("Name", "string", 0, "name", "Name must be unique within a namespace.");
    public static readonly TableColumn AgeColumn = new("Age", Description: "Time since the object was created.");
    public static readonly IReadOnlyList<TableColumn> NameAndAge = [NameColumn, AgeColumn];

    /// <summary>What kinds without columns of their own show (apiserver: rest/table.go).</summary>
    public static readonly IReadOnlyList<TableColumn> NameAndCreated = [NameColumn, new("Created At", "date", Description: "When the object was created.")];

    public static IReadOnlyList<JsonNode?> NameAndCreatedCells(JsonElement source) => [NameOf(source), source.Get("metadata"u8, "creationTimestamp"u8).Text()];

    public static IReadOnlyList<JsonNode?> NameAndAgeCells(JsonElement source, DateTimeOffset now) => [NameOf(source), Age(source, now)];

    public static string NameOf(JsonElement source) => source.GetProperty("metadata").GetProperty("name").GetString()!;

    /// <summary>Time since creation as kubectl prints it, or <c>&lt;unknown&gt;</c>.</summary>
    public static string Age(JsonElement source, DateTimeOffset now) =>
        source.TryGetProperty("metadata", out var metadata) && metadata.TryGetProperty("creationTimestamp", out var created)
        && created.ValueKind == JsonValueKind.String && created.TryGetDateTimeOffset(out var time)
            ? HumanDuration.Format(now - time)
            : "<unknown>";
}
