using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;
using JsonBytes = Strata.Api.Json.JsonBytes;

namespace Strata.ApiServer.CustomResources.Conversion;

/// <summary>The form in which a conversion is asked for and answered (apiextensions.k8s.io/v1 ConversionReview).</summary>
internal static class ConversionReviews
{
    private const string ApiVersion = "apiextensions.k8s.io/v1";

    public static byte[] Write(IReadOnlyList<JsonObject> sources, KindInfo wanted, string uid) => JsonBytes.Serialize(new JsonObject
    {
        ["kind"] = "ConversionReview",
        ["apiVersion"] = ApiVersion,
        ["request"] = new JsonObject
        {
            ["uid"] = uid,
            ["desiredAPIVersion"] = wanted.ApiVersion,
            ["objects"] = new JsonArray([.. sources.Select(static source => source.DeepClone())]),
        },
    });

    /// <returns>The objects, or why there are none.</returns>
    public static (IReadOnlyList<JsonNode?> Objects, string? Problem) Read(byte[] body, string uid)
    {
        JsonObject? review;
        try
        {
            review = JsonNode.Parse(body) as JsonObject;
        }
        catch (JsonException broken)
        {
            return ([], $"its answer is not JSON: {broken.Message}");
        }

        if (review.TextOrEmpty("kind") != "ConversionReview" || review.TextOrEmpty("apiVersion") != ApiVersion)
        {
            return ([], $"its answer is not a ConversionReview of {ApiVersion}");
        }

        if (review.Object("response") is not { } response)
        {
            return ([], "no response provided");
        }

        if (response.TextOrEmpty("uid") is var given && given != uid)
        {
            return ([], $"expected response.uid=\"{uid}\", got \"{given}\"");
        }

        var result = response.Object("result");
        if (result.TextOrEmpty("status") is not "Success" and var status)
        {
            return ([], result.Text("message") is { Length: > 0 } message ? message : $"response.result.status was '{status}', not 'Success'");
        }

        return ([.. (response["convertedObjects"] as JsonArray ?? []).Select(static item => item?.DeepClone())], null);
    }
}
