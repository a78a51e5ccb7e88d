using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;
using JsonBytes = Strata.Api.Json.JsonBytes;

namespace Strata.ApiServer.Admission.Webhooks;

/// <summary>The AdmissionReview (admission.k8s.io/v1) of a request, and the reading of its answer (apiserver: pkg/admission/plugin/webhook/request/admissionreview.go).</summary>
internal static class AdmissionReviews
{
    private const string ApiVersion = "admission.k8s.io/v1";

    public static byte[] Write(AdmissionRequest request, string uid)
    {
        var (kind, review) = (request.ReviewKind ?? request.Kind, new JsonObject());
        JsonObject Gvk() => new() { ["group"] = kind.Group, ["version"] = kind.Version, ["kind"] = kind.Kind };
        JsonObject Gvr() => new() { ["group"] = request.Kind.Group, ["version"] = request.Kind.Version, ["resource"] = request.Kind.Plural };
        review["uid"] = uid;
        review["kind"] = Gvk();
        review["resource"] = Gvr();
        review["requestKind"] = Gvk();
        review["requestResource"] = Gvr();
        if (request.Subresource.Length > 0)
        {
            review["subResource"] = request.Subresource;
            review["requestSubResource"] = request.Subresource;
        }

        if (request.Name.Length > 0)
        {
            review["name"] = request.Name;
        }

        // A namespace is in itself, as upstream tells it.
        var namespaceName = request.Kind == Namespace.Info ? request.Name : request.Namespace;
        if (namespaceName.Length > 0)
        {
            review["namespace"] = namespaceName;
        }

        review["operation"] = WebhookMatcher.OperationOf(request.ReviewOperation);
        review["userInfo"] = UserOf(request);
        review["object"] = (request.ReviewObject ?? request.Object)?.DeepClone();
        review["oldObject"] = request.ReviewObject is null ? request.OldObject?.DeepClone() : null;
        review["dryRun"] = request.DryRun;
        review["options"] = OptionsOf(request);
        return JsonBytes.Serialize(new JsonObject { ["kind"] = "AdmissionReview", ["apiVersion"] = ApiVersion, ["request"] = review });
    }

    /// <exception cref="WebhookCallException">It is no answer to this review.</exception>
    public static WebhookAnswer Read(byte[] body, string uid, bool isMutating)
    {
        JsonObject? review;
        try
        {
            review = JsonNode.Parse(body) as JsonObject;
        }
        catch (JsonException malformed)
        {
            throw Invalid($"the answer is not JSON: {malformed.Message}");
        }

        if (review.Text("kind") != "AdmissionReview" || review.Text("apiVersion") != ApiVersion)
        {
            throw Invalid($"expected webhook response of {ApiVersion}, Kind=AdmissionReview, got {review.Text("apiVersion")}, Kind={review.Text("kind")}");
        }

        var response = review.Object("response") ?? throw Invalid("webhook response was absent");
        if (response.Text("uid") != uid)
        {
            throw Invalid($"expected response.uid=\"{uid}\", got \"{response.Text("uid")}\"");
        }

        return new WebhookAnswer(
            response["allowed"] is JsonValue allowed && allowed.TryGetValue(out bool isAllowed) && isAllowed, response.Object("status"), PatchOf(response, isMutating),
            [.. response.Texts("warnings").Select(static pair => pair.Item1)]);
    }

    private static JsonArray? PatchOf(JsonObject response, bool isMutating)
    {
        var (patch, type) = (response.Text("patch"), response.Text("patchType"));
        if (!isMutating)
        {
            return patch is null && type is null ? null : throw Invalid($"validating webhook may not return response.{(patch is null ? "patchType" : "patch")}");
        }

        switch (patch, type)
        {
            case (null, null):
                return null;
            case (null, _):
                throw Invalid("webhook returned response.patchType but not response.patch");
            case (_, null):
                throw Invalid("webhook returned response.patch but not response.patchType");
            case (_, not "JSONPatch"):
                throw Invalid($"webhook returned invalid response.patchType of \"{type}\"");
        }

        try
        {
            return JsonNode.Parse(Convert.FromBase64String(patch)) as JsonArray ?? throw new JsonException("a JSON patch is a list of operations");
        }
        catch (Exception malformed) when (malformed is FormatException or JsonException)
        {
            throw new WebhookCallException($"received undecodable patch in webhook response: {malformed.Message}", 503, malformed);
        }
    }

    private static JsonObject UserOf(AdmissionRequest request)
    {
        var user = new JsonObject { ["username"] = request.User.Name };
        if (request.User.Uid.Length > 0)
        {
            user["uid"] = request.User.Uid;
        }

        user["groups"] = new JsonArray([.. request.User.Groups.Select(static group => (JsonNode)group)]);
        if (request.User.Extra.Count > 0)
        {
            user["extra"] = new JsonObject(request.User.Extra.Select(static pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, new JsonArray([.. pair.Value.Select(static value => (JsonNode)value)]))));
        }

        return user;
    }

    private static JsonObject? OptionsOf(AdmissionRequest request)
    {
        var kind = request.ReviewOperation switch
        {
            AdmissionOperation.Create => "CreateOptions",
            AdmissionOperation.Update => "UpdateOptions",
            AdmissionOperation.Delete => "DeleteOptions",
            _ => null,
        };
        if (kind is null)
        {
            return null; // What is connected to has its options as the object.
        }

        var options = new JsonObject { ["kind"] = kind, ["apiVersion"] = "meta.k8s.io/v1" };
        if (request.DryRun)
        {
            options["dryRun"] = new JsonArray("All");
        }

        return options;
    }

    private static WebhookCallException Invalid(string why) => new($"received invalid webhook response: {why}", 503);
}
