using System.Text.Json.Nodes;

namespace Strata.Api.ManagedFields;

/// <summary>What an apply comes to.</summary>
/// <param name="Object">The merged object, without managedFields; the caller fills in defaults.</param>
/// <param name="Owners">The new owners.</param>
public sealed record ApplyResult(JsonObject Object, IReadOnlyList<ManagedEntry> Owners);
