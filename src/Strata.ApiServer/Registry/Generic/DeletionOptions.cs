using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Requests;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>How to delete (meta/v1 DeleteOptions).</summary>
/// <param name="GracePeriodSeconds">Null: the object's own.</param>
/// <param name="PropagationPolicy">Orphan, Background or Foreground; null: keep what finalizers say.</param>
/// <param name="OrphanDependents">The deprecated form of the policy.</param>
/// <param name="Uid">Precondition; null for none.</param>
/// <param name="ResourceVersion">Precondition; null for none.</param>
/// <param name="DryRun">Whether nothing is to happen.</param>
internal sealed record DeletionOptions(
    long? GracePeriodSeconds = null, string? PropagationPolicy = null, bool? OrphanDependents = null, string? Uid = null, string? ResourceVersion = null, bool DryRun = false)
{
    public static readonly DeletionOptions Default = new();

    /// <summary>Reads the request's body, or its query when there is no body.</summary>
    public static DeletionOptions Read(JsonObject? body, QueryParameters query)
    {
        var options = body is { Count: > 0 } ? FromBody(body) : FromQuery(query);
        if (query["dryRun"] is { } dryRun)
        {
            options = options with { DryRun = RequireAll([dryRun], "DeleteOptions") };
        }

        var errors = new FieldErrors();
        if (options is { PropagationPolicy: not null, OrphanDependents: not null })
        {
            errors.Invalid("propagationPolicy", options.PropagationPolicy, "orphanDependents and deletionPropagation cannot be both set");
        }

        if (options.PropagationPolicy is { } policy and not ("Orphan" or "Background" or "Foreground"))
        {
            errors.NotSupported("propagationPolicy", policy, "Foreground", "Background", "Orphan", "nil");
        }

        return errors.Any ? throw ApiErrors.Invalid(new("meta.k8s.io", "v1", "DeleteOptions", "", false), "", errors.Causes) : options;
    }

    /// <summary>Whether the values of dryRun, if any, ask for one.</summary>
    /// <param name="optionsKind">The kind that an error names.</param>
    /// <exception cref="ApiException">Invalid.</exception>
    public static bool RequireAll(IReadOnlyCollection<string> values, string optionsKind)
    {
        if (values.FirstOrDefault(static value => value is not "All") is not { } other)
        {
            return values.Count > 0;
        }

        var errors = new FieldErrors();
        errors.NotSupported("dryRun", other, "All");
        throw ApiErrors.Invalid(new("meta.k8s.io", "v1", optionsKind, "", false), "", errors.Causes);
    }

    private static DeletionOptions FromBody(JsonObject body) => new(
        body.Number("gracePeriodSeconds"),
        body.Text("propagationPolicy"),
        body.Flag("orphanDependents"),
        body.Object("preconditions").Text("uid"),
        body.Object("preconditions").Text("resourceVersion"),
        RequireAll([.. body.Texts("dryRun").Select(static entry => entry.Item)], "DeleteOptions"));

    private static DeletionOptions FromQuery(QueryParameters query)
    {
        long? grace = null;
        if (query["gracePeriodSeconds"] is { Length: > 0 } text)
        {
            grace = long.TryParse(text, out var seconds)
                ? seconds
                : throw ApiErrors.BadRequest($"strconv.ParseInt: parsing \"{text}\": invalid syntax");
        }

        return new DeletionOptions(
            grace,
            query["propagationPolicy"] is { Length: > 0 } policy ? policy : null,
            query.Has("orphanDependents") ? query.Flag("orphanDependents") : null);
    }
}
