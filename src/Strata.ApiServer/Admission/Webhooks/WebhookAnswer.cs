using System.Text.Json.Nodes;

namespace Strata.ApiServer.Admission.Webhooks;

/// <summary>What a webhook said.</summary>
/// <param name="Result">Its Status when it refused; null for none.</param>
/// <param name="Patch">Changes it wants; null for none.</param>
internal sealed record WebhookAnswer(bool IsAllowed, JsonObject? Result, JsonArray? Patch, IReadOnlyList<string> Warnings);
