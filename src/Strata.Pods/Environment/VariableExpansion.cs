using System.Text;

namespace Strata.Pods.Environment;

/// <summary><c>$(NAME)</c> in commands, arguments, values and subPathExpr. <c>$$</c> is a literal dollar; a name that is not known stays as written.
/// Source: kubernetes third_party/forked/golang/expansion (behaviour).</summary>
public static class VariableExpansion
{
    /// <param name="lookup">Value of a variable, or null when there is none.</param>
    public static string Expand(string text, Func<string, string?> lookup)
    {
        if (!text.Contains('$', StringComparison.Ordinal))
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        var position = 0;
        while (position < text.Length)
        {
            var next = text[position] == '$' && position + 1 < text.Length ? text[position + 1] : '\0';
            if (next == '$')
            {
                result.Append('$');
                position += 2;
            }
            else if (next == '(' && text.IndexOf(')', position + 2) is var end && end > 0)
            {
                var name = text[(position + 2)..end];
                result.Append(lookup(name) ?? $"$({name})");
                position = end + 1;
            }
            else
            {
                result.Append(text[position]);
                position++;
            }
        }

        return result.ToString();
    }

    /// <summary>Expands every item of a command or argument list.</summary>
    public static IReadOnlyList<string> ExpandAll(IReadOnlyList<string> items, IReadOnlyList<ResolvedVariable> variables)
    {
        var values = variables.ToDictionary(variable => variable.Name, variable => variable.Value, StringComparer.Ordinal);
        return [.. items.Select(item => Expand(item, values.GetValueOrDefault))];
    }
}
