using System.Globalization;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Json;
using Strata.Api.Models;
using Strata.Api.Patches;
using Strata.Api.Schema;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Requests;

namespace Strata.ApiServer.Registry.Endpoints;

/// <summary>A patch read from a request, to be applied to whatever is stored when its turn comes.</summary>
internal sealed class PatchRequest
{
    private readonly KindInfo _kind;
    private readonly IFieldSchema? _fields;
    private readonly string _contentType;
    private readonly JsonNode _patch;
    private readonly List<string> _duplicates;
    private readonly FieldValidation _validation;
    private readonly Action<string> _warn;

    private PatchRequest(KindInfo kind, IFieldSchema? fields, ApiCall call, JsonNode patch, List<string> duplicates)
    {
        _kind = kind;
        _fields = fields;
        _contentType = call.ContentType;
        _patch = patch;
        _duplicates = duplicates;
        _validation = BodyReader.FieldValidationOf(call);
        _warn = call.Warn;
    }

    /// <summary>The kind that errors about query parameters name.</summary>
    public static KindInfo OptionsKind(string kind) => new("meta.k8s.io", "v1", kind, "", false);

    /// <param name="fields">For a kind that is not built in: its fields.</param>
    /// <exception cref="ApiException">UnsupportedMediaType, or BadRequest when the body is not a patch.</exception>
    public static PatchRequest Read(ApiCall call, KindInfo kind, IFieldSchema? fields = null)
    {
        switch (call.ContentType)
        {
            case MediaTypes.StrategicMergePatch when fields is not null:
                throw BodyReader.UnsupportedMediaType(call.ContentType, MediaTypes.JsonPatch, MediaTypes.MergePatch);
            case MediaTypes.JsonPatch or MediaTypes.MergePatch or MediaTypes.StrategicMergePatch:
                break;
            default:
                throw BodyReader.UnsupportedMediaType(call.ContentType, MediaTypes.JsonPatch, MediaTypes.MergePatch, MediaTypes.StrategicMergePatch, MediaTypes.ApplyPatch);
        }

        if (call.Query.Has("force"))
        {
            var errors = new FieldErrors();
            errors.Forbidden("force", "may not be specified for non-apply patch");
            throw ApiErrors.Invalid(OptionsKind("PatchOptions"), "", errors.Causes);
        }

        var duplicates = new List<string>();
        var patch = StrictJson.Parse(call.Body.Span, duplicates);
        var isPatch = call.ContentType == MediaTypes.JsonPatch ? patch is JsonArray : patch is JsonObject;
        return isPatch
            ? new PatchRequest(kind, fields, call, patch, duplicates)
            : throw ApiErrors.BadRequest(call.ContentType == MediaTypes.JsonPatch ? "a JSON patch must be an array of operations" : "a merge patch must be an object");
    }

    /// <summary>The patched object, checked and pruned.</summary>
    public JsonObject Apply(JsonObject current)
    {
        var patched = Merge(current);
        if (patched["apiVersion"]?.ToString() != _kind.ApiVersion || patched["kind"]?.ToString() != _kind.Kind)
        {
            throw ApiErrors.BadRequest($"a patch may not change apiVersion or kind of the object: it must stay {_kind.ApiVersion} {_kind.Kind}");
        }

        BodyReader.CheckFields(patched, _kind, _fields, _validation, ProblemsOfPatch(), _warn, Refuse);
        return patched;
    }

    // As upstream's patcher, which blames the patch, not the kind (apiserver: endpoints/handlers/patch.go).
    private ApiException Refuse(string detail)
    {
        var errors = new FieldErrors();
        errors.Invalid("patch", _patch.ToJsonString(), detail);
        return ApiErrors.Invalid(new KindInfo("", "", "", "", false), "", errors.Causes);
    }

    private IEnumerable<string> ProblemsOfPatch()
    {
        var problems = BodyReader.Duplicates(_duplicates);
        if (_patch is not JsonArray operations)
        {
            return problems;
        }

        var unknown = operations.SelectMany(static (operation, index) => (operation as JsonObject ?? [])
            .Where(static member => member.Key is not ("op" or "path" or "from" or "value"))
            .Select(member => string.Create(CultureInfo.InvariantCulture, $"unknown field \"[{index}].{member.Key}\"")));
        return unknown.Concat(problems).Select(static problem => $"json patch {problem}");
    }

    private JsonObject Merge(JsonObject current)
    {
        var result = _contentType switch
        {
            MediaTypes.JsonPatch => JsonPatch.Apply(current, _patch),
            MediaTypes.MergePatch => MergePatch.Apply(current, _patch),
            _ => StrategicMergePatch.Apply(current, (JsonObject)_patch, SchemaTable.Default.ForKind(_kind.ApiVersion, _kind.Kind)
                ?? throw BodyReader.UnsupportedMediaType(_contentType, MediaTypes.JsonPatch, MediaTypes.MergePatch)),
        };
        return result as JsonObject ?? throw ApiErrors.BadRequest("the patch turns the object into something else");
    }
}
