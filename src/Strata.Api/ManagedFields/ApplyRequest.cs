using System.Text.Json.Nodes;

namespace Strata.Api.ManagedFields;

/// <summary>What somebody applies.</summary>
/// <param name="Applied">The fields wanted, of the version <paramref name="ApiVersion"/>.</param>
/// <param name="Applier">Whose fields they become.</param>
/// <param name="IsForced">Take fields from other owners.</param>
public sealed record ApplyRequest(JsonObject Applied, ManagerId Applier, string ApiVersion, bool IsForced)
{
    /// <summary>Fields that the subresource does not write; they are not owned.</summary>
    public FieldSet Ignored { get; init; } = FieldSet.Empty;

    /// <summary>What a conflict shows as the version of other updaters; null for their own. The scale subresource shows its own.</summary>
    public string? ShownVersion { get; init; }
}
