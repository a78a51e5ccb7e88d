using System.Text.Json.Nodes;
using Strata.Api;
using Strata.Api.Errors;
using Strata.Api.ManagedFields;
using Strata.Api.Models;
using Strata.Api.Schema;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Requests;
using FieldCheck = Strata.Api.Json.FieldCheck;
using JsonNumber = Strata.Api.Json.JsonNumber;
using YamlJson = Strata.Api.Json.YamlJson;

namespace Strata.ApiServer.Registry.Endpoints;

/// <summary>A server-side apply read from a request (apiserver: endpoints/handlers/patch.go, applyPatcher).</summary>
internal sealed class AppliedBody
{
    private readonly ResourceStore _store;
    private readonly JsonObject _applied;
    private readonly WriteContext _context;
    private readonly bool _isForced;
    private readonly string? _shownVersion;

    private AppliedBody(ApiCall call, ResourceStore store, JsonObject applied, string? shownVersion)
    {
        _store = store;
        _applied = applied;
        _shownVersion = shownVersion;
        _isForced = IsForced(call);
        var context = WriteContexts.From(call);
        _context = context with { Owner = context.Owner with { IsApply = true } };
    }

    /// <exception cref="ApiException">Invalid when parameters are missing or wrong; BadRequest when the body is not an object of the kind; InternalError when it does not fit the
    /// schema, as upstream has it.</exception>
    /// <param name="version">The version that the body is written in; null for the stored one.</param>
    public static async ValueTask<AppliedBody> ReadAsync(ApiCall call, ResourceStore store, ServedVersion? version, CancellationToken cancellationToken)
    {
        CheckOptions(call);
        var applied = Parse(call, version?.Kind ?? store.Kind);
        if (version is not null)
        {
            applied = await version.ToStoredAsync(applied, cancellationToken);
        }

        CheckSchema(applied, store.Kind, store.Ownership.Schema);
        return new AppliedBody(call, store, applied, version?.Kind.ApiVersion);
    }

    /// <summary>Reads an applied Scale as what it says about the scaled object (apimachinery: util/managedfields/scalehandler.go).</summary>
    public static AppliedBody ReadScale(ApiCall call, ResourceStore store, KindInfo scaleKind, ScalePaths paths)
    {
        CheckOptions(call);
        var scale = Parse(call, scaleKind);
        CheckSchema(scale, scaleKind, TableSchema.ForKind(scaleKind.ApiVersion, scaleKind.Kind)!);
        var applied = new JsonObject { ["apiVersion"] = store.Kind.ApiVersion, ["kind"] = store.Kind.Kind };
        foreach (var field in (ReadOnlySpan<string>)["name", "namespace", "uid", "resourceVersion"])
        {
            applied.Metadata().Restore(scale.Object("metadata"), field);
        }

        if (scale.Object("spec").Number("replicas") is { } replicas)
        {
            ScaleEndpoint.CheckReplicas(replicas, scale.Name());
            applied.SetAt(paths.SpecReplicas, JsonNumber.Create(replicas));
        }

        return new AppliedBody(call, store, applied, scaleKind.ApiVersion);
    }

    /// <summary>Applies to what is stored; creates the object when there is none.</summary>
    public ValueTask<UpdateResult> WriteAsync(ObjectKey key, string subresource, WriteMode mode, CancellationToken cancellationToken)
    {
        var request = new ApplyRequest(_applied, ManagerId.Applier(_context.Owner.Manager, subresource), _store.Kind.ApiVersion, _isForced) { ShownVersion = _shownVersion };
        return _store.UpdateAsync(
            _context, key, subresource, mode, live => _store.Ownership.Apply(live, request, mode), subresource.Length == 0 ? () => Create(key, request, mode) : null, cancellationToken);
    }

    private JsonObject Create(ObjectKey key, ApplyRequest request, WriteMode mode)
    {
        var metadata = _applied.Object("metadata");
        if (metadata.Text("uid") is { } uid)
        {
            throw ApiErrors.Conflict(_store.Kind, key.Name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: ");
        }

        return metadata.Text("resourceVersion") is null ? _store.Ownership.Apply(null, request, mode) : throw ApiErrors.Modified(_store.Kind, key.Name);
    }

    private static void CheckOptions(ApiCall call)
    {
        if (call.Query["fieldManager"] is null or "")
        {
            var errors = new FieldErrors();
            errors.Required("fieldManager", "is required for apply patch");
            throw ApiErrors.Invalid(PatchRequest.OptionsKind("PatchOptions"), "", errors.Causes);
        }
    }

    // As Go reads a query's boolean: bare or anything but false and 0 is true (apimachinery: runtime/conversion.go).
    private static bool IsForced(ApiCall call) => call.Query.Has("force") && call.Query["force"] is not ("false" or "False" or "FALSE" or "0");

    private static JsonObject Parse(ApiCall call, KindInfo kind)
    {
        var duplicates = new List<string>();
        var applied = YamlJson.Parse(call.Body.Span, duplicates) as JsonObject ?? throw ApiErrors.BadRequest("error decoding YAML: the body must be one object");
        var validation = BodyReader.FieldValidationOf(call);
        if (duplicates.Count > 0 && validation == FieldValidation.Strict)
        {
            throw ApiErrors.BadRequest($"error strict decoding YAML: {string.Join(", ", duplicates.Select(static path => $"duplicate field \"{path}\""))}");
        }

        if (validation == FieldValidation.Warn)
        {
            duplicates.ForEach(path => call.Warn($"duplicate field \"{path}\""));
        }

        var (givenVersion, givenKind) = (applied.TextOrEmpty("apiVersion"), applied.TextOrEmpty("kind"));
        if (givenVersion != kind.ApiVersion || givenKind != kind.Kind)
        {
            throw ApiErrors.BadRequest($"invalid object type: {givenVersion}, Kind={givenKind}, expected: {kind.ApiVersion}, Kind={kind.Kind}");
        }

        return applied.Object("metadata")?["managedFields"] is null ? applied : throw ApiErrors.BadRequest("metadata.managedFields must be nil");
    }

    private static void CheckSchema(JsonObject applied, KindInfo kind, MergeSchema schema)
    {
        var problems = AppliedCheck.Problems(applied, schema);
        if (problems.Count == 0 && SchemaTable.Default.ForKind(kind.ApiVersion, kind.Kind) is { } type)
        {
            problems = [.. FieldCheck.Types(applied, type).Select(static problem => $".{problem.Path}: {problem.Message}")];
        }

        if (problems.Count > 0)
        {
            // Upstream's own words and code: a bare error of the handler.
            throw new ApiException(new ApiStatus
            {
                Code = 500,
                Reason = "",
                Message = $"failed to create typed patch object ({applied.Namespace()}/{applied.Name()}; {kind.ApiVersion}, Kind={kind.Kind}): "
                    + (problems is [var single] ? single : $"errors:\n  {string.Join("\n  ", problems)}"),
            });
        }
    }
}
