using System.Globalization;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Api.Selectors;

namespace Strata.ApiServer.Requests;

/// <summary>What to list or watch (meta/v1 ListOptions).</summary>
internal sealed record ListQuery
{
    public LabelQuery Labels { get; init; } = LabelQuery.Everything;

    public FieldQuery Fields { get; init; } = FieldQuery.Everything;

    /// <summary>Most items in a page; 0 for all.</summary>
    public int Limit { get; init; }

    public string? Continue { get; init; }

    /// <summary>Null when the request names none.</summary>
    public long? ResourceVersion { get; init; }

    /// <summary>Exact, NotOlderThan, or null.</summary>
    public string? ResourceVersionMatch { get; init; }

    public int? TimeoutSeconds { get; init; }

    public bool AllowBookmarks { get; init; }

    /// <summary>Null when not given.</summary>
    public bool? SendInitialEvents { get; init; }

    public bool SelectsAll => Labels.IsEverything && Fields.IsEverything;

    public static ListQuery Parse(QueryParameters query, bool isWatch)
    {
        var parsed = new ListQuery
        {
            Labels = query["labelSelector"] is { Length: > 0 } labels ? LabelQuery.Parse(labels) : LabelQuery.Everything,
            Fields = query["fieldSelector"] is { Length: > 0 } fields ? FieldQuery.Parse(fields) : FieldQuery.Everything,
            Limit = (int)Math.Clamp(Number(query, "limit") ?? 0, 0, int.MaxValue),
            Continue = query["continue"] is { Length: > 0 } token ? token : null,
            ResourceVersion = ParseVersion(query["resourceVersion"]),
            ResourceVersionMatch = query["resourceVersionMatch"] is { Length: > 0 } match ? match : null,
            TimeoutSeconds = Number(query, "timeoutSeconds") is > 0 and var seconds ? (int)Math.Min(seconds, int.MaxValue) : null,
            AllowBookmarks = query.Flag("allowWatchBookmarks"),
            SendInitialEvents = query["sendInitialEvents"] is { Length: > 0 } ? query.Flag("sendInitialEvents") : null,
        };
        parsed.Validate(isWatch);
        return parsed;
    }

    /// <summary>Reads a resource version; null for none.</summary>
    /// <exception cref="ApiException">BadRequest when it is not a number.</exception>
    public static long? ParseVersion(string? text) =>
        string.IsNullOrEmpty(text) ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version
        : throw ApiErrors.BadRequest($"invalid resource version: \"{text}\" is not a number");

    private static long? Number(QueryParameters query, string name) => query[name] is not { Length: > 0 } text ? null
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
        : throw ApiErrors.BadRequest($"unable to decode query parameter {name}: strconv.ParseInt: parsing \"{text}\": invalid syntax");

    // apimachinery: pkg/apis/meta/internalversion/validation.
    private void Validate(bool isWatch)
    {
        var errors = new FieldErrors();
        if (isWatch)
        {
            ValidateWatch(errors);
        }
        else
        {
            if (SendInitialEvents is not null)
            {
                errors.Forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list");
            }

            ValidateMatch(errors);
        }

        if (errors.Any)
        {
            throw ApiErrors.Invalid(new KindInfo("meta.k8s.io", "v1", "ListOptions", "", false), "", errors.Causes);
        }
    }

    private void ValidateMatch(FieldErrors errors)
    {
        if (ResourceVersionMatch is not { } match)
        {
            return;
        }

        if (match is not ("Exact" or "NotOlderThan"))
        {
            errors.NotSupported("resourceVersionMatch", match, "Exact", "NotOlderThan", "");
        }

        if (ResourceVersion is null)
        {
            errors.Forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided");
        }

        if (Continue is not null)
        {
            errors.Forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided");
        }

        if (match == "Exact" && ResourceVersion == 0)
        {
            errors.Forbidden("resourceVersionMatch", "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"");
        }
    }

    private void ValidateWatch(FieldErrors errors)
    {
        if (SendInitialEvents is not null)
        {
            if (ResourceVersionMatch is null)
            {
                errors.Forbidden("resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
            }
            else if (ResourceVersionMatch != "NotOlderThan")
            {
                errors.NotSupported("resourceVersionMatch", ResourceVersionMatch, "NotOlderThan");
            }
        }
        else if (ResourceVersionMatch is not null)
        {
            errors.Forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
        }
    }
}
