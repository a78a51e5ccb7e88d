using System.Globalization;
using System.Text.Json.Nodes;
using Strata.Api.Errors;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>Rules of numbers and percentages.</summary>
internal static class Numbers
{
    public static void ValidateNotNegative(this JsonObject? source, string field, string path, FieldErrors errors)
    {
        if (source.Number(field) is < 0 and var number)
        {
            errors.Invalid($"{path}.{field}", number, "must be greater than or equal to 0");
        }
    }

    /// <summary>Each of the fields is at least 0 when it is there.</summary>
    public static void ValidateCounts(this JsonObject? source, string path, FieldErrors errors, params ReadOnlySpan<string> fields)
    {
        foreach (var field in fields)
        {
            source.ValidateNotNegative(field, path, errors);
        }
    }

    /// <summary>A percentage is at most 100; a count is not limited.</summary>
    public static void ValidateAtMostAll(JsonNode? value, string path, FieldErrors errors)
    {
        if (Percent(value) > 100)
        {
            errors.Invalid(path, value?.DeepClone(), "must not be greater than 100%");
        }
    }

    /// <summary>A count or percentage of nothing.</summary>
    public static bool IsZero(JsonNode? value) => JsonTree.TryNumber(value, out var number) ? number == 0 : Percent(value) == 0;

    /// <summary>A count or a percentage such as <c>25%</c>.</summary>
    public static void ValidateCountOrPercent(JsonNode? value, string path, FieldErrors errors)
    {
        if (JsonTree.TryNumber(value, out var number))
        {
            if (number < 0)
            {
                errors.Invalid(path, number, "must be greater than or equal to 0");
            }
        }
        else if (JsonTree.TryText(value, out var text) && Percent(text) is null)
        {
            errors.Invalid(path, text, "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')");
        }
    }

    /// <summary>The percentage; null when the node is none.</summary>
    public static int? Percent(JsonNode? value) => JsonTree.TryText(value, out var text) ? Percent(text) : null;

    private static int? Percent(string text) =>
        text.Length > 1 && text[^1] == '%' && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var percent) ? percent : null;
}
