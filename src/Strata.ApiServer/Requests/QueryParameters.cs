namespace Strata.ApiServer.Requests;

/// <summary>The query of a request: an ordered list of names and values, where a name may occur several times.</summary>
internal sealed class QueryParameters
{
    public static readonly QueryParameters Empty = new([]);

    private readonly List<KeyValuePair<string, string>> _values;

    private QueryParameters(List<KeyValuePair<string, string>> values) => _values = values;

    /// <summary>The first value of a name; null when it does not occur.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var (key, value) in _values)
            {
                if (key == name)
                {
                    return value;
                }
            }

            return null;
        }
    }

    /// <param name="query">With or without the leading <c>?</c>.</param>
    public static QueryParameters Parse(ReadOnlySpan<char> query)
    {
        if (query.StartsWith("?"))
        {
            query = query[1..];
        }

        if (query.IsEmpty)
        {
            return Empty;
        }

        var values = new List<KeyValuePair<string, string>>();
        foreach (var range in query.Split('&'))
        {
            var pair = query[range];
            if (pair.IsEmpty)
            {
                continue;
            }

            var equals = pair.IndexOf('=');
            var name = equals < 0 ? pair : pair[..equals];
            values.Add(new(Unescape(name), equals < 0 ? "" : Unescape(pair[(equals + 1)..])));
        }

        return new QueryParameters(values);
    }

    public IEnumerable<string> All(string name) => _values.Where(pair => pair.Key == name).Select(pair => pair.Value);

    public bool Has(string name) => this[name] is not null;

    /// <summary>Go's reading of boolean options (apimachinery: runtime.Convert_Slice_string_To_bool): absent, empty, <c>0</c> and <c>false</c> are false, anything else
    /// is true.</summary>
    public bool Flag(string name) =>
        this[name] is { Length: > 0 } text && text != "0" && !text.Equals("false", StringComparison.OrdinalIgnoreCase);

    private static string Unescape(ReadOnlySpan<char> text) =>
        text.IndexOfAny('%', '+') < 0 ? text.ToString() : Uri.UnescapeDataString(text.ToString().Replace('+', ' '));
}
