using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Json;
using Strata.Api.Models;
using Strata.Api.Protobuf;
using Strata.Api.Schema;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Requests;

/// <summary>Reads the object in a request's body: JSON, YAML or protobuf into a tree, checked against the kind's schema as the client asked.</summary>
internal static class BodyReader
{
    /// <summary>Reads an object that must be of <paramref name="kind"/>, prunes what the schema does not know and reports it by the request's fieldValidation.</summary>
    /// <param name="fields">For a kind that is not built in: its fields.</param>
    /// <exception cref="ApiException">BadRequest, or UnsupportedMediaType.</exception>
    public static JsonObject ReadObject(ApiCall call, KindInfo kind, IFieldSchema? fields = null)
    {
        var duplicates = new List<string>();
        var target = Parse(call, duplicates, kind.ApiVersion, kind.Kind);
        CheckKind(target, kind);
        CheckFields(target, kind, fields, FieldValidationOf(call), Duplicates(duplicates), call.Warn, detail => ApiErrors.BadRequest($"{CannotBeHandled(kind)}: {detail}"));
        return target;
    }

    /// <summary>Reads a body of options, such as DeleteOptions, whose kind nobody insists on; null when there is none.</summary>
    public static JsonObject? ReadOptions(ApiCall call, string kind) =>
        call.Body.IsEmpty ? null : Parse(call, null, "v1", kind);

    /// <summary>Reports members that the schema does not know or that occur twice, removes the former, and refuses values of the wrong type.</summary>
    /// <param name="fields">For a kind that is not built in: its fields.</param>
    /// <param name="found">Problems found in the text already, as they are reported.</param>
    /// <param name="refuse">Makes the error for a target that is not accepted.</param>
    public static void CheckFields(
        JsonObject target, KindInfo kind, IFieldSchema? fields, FieldValidation validation, IEnumerable<string> found, Action<string> warn,
        Func<string, ApiException> refuse)
    {
        fields ??= SchemaTable.Default.ForKind(kind.ApiVersion, kind.Kind) is { } type ? new BuiltInFields(type) : null;
        if (fields is null)
        {
            return;
        }

        if (fields.TypeProblem(target) is { } mismatch)
        {
            throw refuse(mismatch);
        }

        if (validation != FieldValidation.Ignore)
        {
            var problems = fields.UnknownFields(target).Select(static path => $"unknown field \"{path}\"")
                .Concat(found).ToList();
            if (problems.Count > 0 && validation == FieldValidation.Strict)
            {
                throw refuse($"strict decoding error: {string.Join(", ", problems)}");
            }

            problems.ForEach(warn);
        }

        fields.Prune(target);
    }

    /// <summary>Repeated members as they are reported.</summary>
    public static IEnumerable<string> Duplicates(IEnumerable<string> paths) => paths.Select(static path => $"duplicate field \"{path}\"");

    public static FieldValidation FieldValidationOf(ApiCall call) => call.Query["fieldValidation"] switch
    {
        null or "" or "Warn" => FieldValidation.Warn,
        "Strict" => FieldValidation.Strict,
        "Ignore" => FieldValidation.Ignore,
        var other => throw UnsupportedFieldValidation(other),
    };

    /// <summary>Parses a body by its media type.</summary>
    public static JsonObject Parse(ApiCall call, List<string>? duplicates, string apiVersion, string kind)
    {
        var body = call.Body.Span;
        JsonNode node;
        if (KubeProtobuf.IsFramed(body))
        {
            node = KubeProtobuf.Decode(body, apiVersion, kind);
        }
        else
        {
            // A body without a type is JSON: kubectl scale sends one.
            node = call.ContentType switch
            {
                "" or MediaTypes.Json => StrictJson.Parse(body, duplicates),
                MediaTypes.Yaml => YamlJson.Parse(body, duplicates),
                MediaTypes.Protobuf => throw ApiErrors.BadRequest("the body is not a Kubernetes protobuf message: it does not begin with 'k8s\\0'"),
                _ => throw UnsupportedMediaType(call.ContentType, MediaTypes.Json, MediaTypes.Yaml, MediaTypes.Protobuf),
            };
        }

        return node as JsonObject ?? throw ApiErrors.BadRequest($"the body must be one {kind} object");
    }

    public static ApiException UnsupportedMediaType(string contentType, params IEnumerable<string> supported) => new(new ApiStatus
    {
        Code = 415,
        Reason = StatusReason.UnsupportedMediaType,
        Message = $"the body of the request was in an unknown format - accepted media types include: {string.Join(", ", supported)} (got {contentType})",
    });

    private static string CannotBeHandled(KindInfo kind) => $"{kind.Kind} in version \"{kind.Version}\" cannot be handled as a {kind.Kind}";

    private static void CheckKind(JsonObject target, KindInfo kind)
    {
        var givenKind = (target["kind"] as JsonValue)?.ToString() ?? "";
        var givenVersion = (target["apiVersion"] as JsonValue)?.ToString() ?? "";
        if (givenVersion.Length > 0 && givenVersion != kind.ApiVersion)
        {
            throw ApiErrors.BadRequest($"the API version in the data ({givenVersion}) does not match the expected API version ({kind.ApiVersion})");
        }

        if (givenKind.Length > 0 && givenKind != kind.Kind)
        {
            throw ApiErrors.BadRequest($"the kind in the data ({givenKind}) does not match the expected kind ({kind.Kind})");
        }

        target["apiVersion"] = kind.ApiVersion;
        target["kind"] = kind.Kind;
    }

    private static ApiException UnsupportedFieldValidation(string given)
    {
        var errors = new FieldErrors();
        errors.NotSupported("fieldValidation", given, "Ignore", "Strict", "Warn");
        return ApiErrors.Invalid(new KindInfo("meta.k8s.io", "v1", "CreateOptions", "", false), "", errors.Causes);
    }
}
