using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Admission.Webhooks;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.CustomResources.Conversion;

/// <summary>Conversion strategy <c>Webhook</c>: another program converts, many objects in one call (apiextensions-apiserver: pkg/apiserver/conversion/webhook_converter.go).</summary>
internal sealed class WebhookConverter(WebhookCaller caller, WebhookClientConfig client, bool speaksV1, IdentitySource identities) : ICustomResourceConverter
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    public async ValueTask<IReadOnlyList<JsonObject>> ConvertAsync(IReadOnlyList<JsonObject> sources, KindInfo wanted, CancellationToken cancellationToken)
    {
        var origin = $"{sources[0].TextOrEmpty("apiVersion")}, Kind={sources[0].TextOrEmpty("kind")}";
        if (!speaksV1)
        {
            throw Failed($"conversion webhook for {origin} failed: it does not accept the version of ConversionReview that this server sends (v1)");
        }

        var uid = identities.NewUid();
        byte[] body;
        try
        {
            body = await caller.PostAsync(client, ConversionReviews.Write(sources, wanted, uid), Timeout, cancellationToken);
        }
        catch (WebhookCallException failed)
        {
            throw Failed($"conversion webhook for {origin} failed: {failed.Message}", failed);
        }

        var (converted, problem) = ConversionReviews.Read(body, uid);
        if (problem is not null)
        {
            throw Failed($"conversion webhook for {origin} failed: {problem}");
        }

        if (converted.Count != sources.Count)
        {
            throw Failed($"conversion webhook for {origin} returned {converted.Count} objects, expected {sources.Count}");
        }

        return [.. converted.Select((target, index) => Take(target, sources[index], wanted, problem => Failed(
            $"conversion webhook for {origin} returned invalid converted object at index {index}: {problem}")))];
    }

    // Of metadata, a conversion may change labels and annotations and nothing else.
    private static JsonObject Take(JsonNode? answer, JsonObject source, KindInfo wanted, Func<string, ApiException> refuse)
    {
        if (answer is not JsonObject target || target["metadata"] is not JsonObject given)
        {
            throw refuse("it is no object with metadata");
        }

        if (target.TextOrEmpty("apiVersion") is var version && version != wanted.ApiVersion)
        {
            throw refuse($"invalid apiVersion (expected {wanted.ApiVersion}, received {version})");
        }

        if (target.TextOrEmpty("kind") is var kind && kind != source.TextOrEmpty("kind"))
        {
            throw refuse($"must have the same kind: {source.TextOrEmpty("kind")} != {kind}");
        }

        var metadata = source.Metadata();
        foreach (var (field, name) in (ReadOnlySpan<(string, string)>)[("name", "name"), ("namespace", "namespace"), ("uid", "UID")])
        {
            if (given.TextOrEmpty(field) != metadata.TextOrEmpty(field))
            {
                throw refuse($"must have the same {name}: {metadata.TextOrEmpty(field)} != {given.TextOrEmpty(field)}");
            }
        }

        var kept = (JsonObject)metadata.DeepClone();
        kept.Restore(given, "labels");
        kept.Restore(given, "annotations");
        target["metadata"] = kept;
        return target;
    }

    private static ApiException Failed(string message, Exception? inner = null) => new(new ApiStatus { Code = 500, Reason = StatusReason.InternalError, Message = message }, inner);
}
