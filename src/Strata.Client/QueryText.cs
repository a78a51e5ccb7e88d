using System.Globalization;
using System.Text;

namespace Strata.Client;

/// <summary>Options as URL queries.</summary>
internal static class QueryText
{
    public static string Of(ListOptions options)
    {
        var query = new StringBuilder();
        Add(query, "labelSelector", options.LabelSelector);
        Add(query, "fieldSelector", options.FieldSelector);
        Add(query, "limit", options.Limit > 0 ? options.Limit.ToString(CultureInfo.InvariantCulture) : null);
        Add(query, "continue", options.Continue);
        Add(query, "resourceVersion", options.ResourceVersion);
        return query.ToString();
    }

    public static string Of(WatchOptions options)
    {
        var query = new StringBuilder("watch=true");
        Add(query, "resourceVersion", options.ResourceVersion);
        Add(query, "labelSelector", options.LabelSelector);
        Add(query, "fieldSelector", options.FieldSelector);
        Add(query, "allowWatchBookmarks", options.AllowBookmarks ? "true" : null);
        return query.ToString();
    }

    private static void Add(StringBuilder query, string name, string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return;
        }

        query.Append(query.Length > 0 ? "&" : "").Append(name).Append('=').Append(Uri.EscapeDataString(value));
    }
}
