using System.Text.Json.Serialization;

namespace Strata.ApiServer.Registry.Core.Services;

/// <summary>A taken key of <see cref="ServiceClaims"/>.</summary>
/// <param name="Owner">Null when the value cannot be read.</param>
/// <param name="Revision">When it was taken.</param>
internal sealed record ServiceClaim(string Key, ServiceOwner? Owner, long Revision);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ServiceOwner))]
internal sealed partial class ServiceClaimContext : JsonSerializerContext;
