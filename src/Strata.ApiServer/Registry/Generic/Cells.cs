using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>Texts that cells of several kinds share.</summary>
internal static class Cells
{
    public const string None = "<none>";

    public static string Text(this long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>One field of each item of an array, joined by commas.</summary>
    public static string Join(JsonElement items, ReadOnlySpan<byte> field)
    {
        if (items.Count() == 1)
        {
            return items[0].Text(field);
        }

        var text = new StringBuilder();
        foreach (var item in items.Items())
        {
            text.Append(text.Length > 0 ? "," : "").Append(item.Text(field));
        }

        return text.ToString();
    }

    /// <summary>A map as <c>a=b,c=d</c>, sorted; <c>&lt;none&gt;</c> when empty.</summary>
    public static string Labels(JsonElement map)
    {
        var entries = new List<string>();
        foreach (var entry in map.Properties())
        {
            entries.Add($"{entry.Name}={entry.Value.Text()}");
        }

        entries.Sort(StringComparer.Ordinal);
        return entries.Count == 0 ? None : string.Join(',', entries);
    }

    /// <summary>A label selector in the form of a selector parameter, sorted by key (apimachinery: meta/v1 FormatLabelSelector).</summary>
    public static string Selector(JsonElement selector)
    {
        var requirements = new List<(string Key, string Text)>();
        foreach (var entry in selector.Get("matchLabels"u8).Properties())
        {
            requirements.Add((entry.Name, $"{entry.Name}={entry.Value.Text()}"));
        }

        foreach (var expression in selector.Get("matchExpressions"u8).Items())
        {
            var key = expression.Text("key"u8);
            requirements.Add((key, Requirement(key, expression)));
        }

        requirements.Sort(static (left, right) => string.CompareOrdinal(left.Key, right.Key));
        return requirements.Count == 0 ? None : string.Join(',', requirements.Select(static requirement => requirement.Text));
    }

    private static string Requirement(string key, JsonElement expression)
    {
        var values = expression.Get("values"u8).Items().Select(static value => value.Text()).Order(StringComparer.Ordinal);
        return expression.Text("operator"u8) switch
        {
            "In" => $"{key} in ({string.Join(',', values)})",
            "NotIn" => $"{key} notin ({string.Join(',', values)})",
            "Exists" => key,
            "DoesNotExist" => $"!{key}",
            _ => "<error>",
        };
    }
}
