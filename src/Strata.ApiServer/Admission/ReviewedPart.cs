using System.Text.Json.Nodes;
using Strata.Api.Models;

namespace Strata.ApiServer.Admission;

/// <summary>What a client sent to a subresource that takes a kind of its own, such as an Eviction: webhooks are shown this, not the object that is changed by it.</summary>
internal sealed record ReviewedPart(AdmissionOperation Operation, KindInfo Kind, JsonObject Object);
