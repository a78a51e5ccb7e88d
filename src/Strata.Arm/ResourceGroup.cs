using System.Text.Json.Nodes;

namespace Strata.Arm;

/// <summary>A resource group as <c>Microsoft.Resources</c> answers it.</summary>
public sealed record ResourceGroup
{
    public string? Id { get; set; }

    public string? Name { get; set; }

    public string? Type { get; set; }

    public string? Location { get; set; }

    public IReadOnlyDictionary<string, string>? Tags { get; set; }

    public JsonObject? Properties { get; set; }
}
