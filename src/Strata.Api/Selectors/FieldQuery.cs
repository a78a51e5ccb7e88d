using System.Text;
using Strata.Api.Errors;

namespace Strata.Api.Selectors;

/// <summary>A field selector: comparisons that must all hold. Immutable and thread-safe; matching does not allocate.
/// Which fields a kind can be selected by is the API server's business.</summary>
public sealed class FieldQuery
{
    private readonly FieldRequirement[] _requirements;

    private FieldQuery(FieldRequirement[] requirements) => _requirements = requirements;

    public static FieldQuery Everything { get; } = new([]);

    public bool IsEverything => _requirements.Length == 0;

    /// <summary>The terms in the order written.</summary>
    public IReadOnlyList<FieldRequirement> Requirements => _requirements;

    /// <summary>Parses <c>spec.nodeName=n1,status.phase!=Failed</c>. Values escape <c>\</c>, <c>,</c> and <c>=</c> with a backslash; an empty value is a value.</summary>
    /// <exception cref="ApiException">BadRequest, <c>invalid selector: ...</c> or <c>invalid field selector: ...</c>.</exception>
    public static FieldQuery Parse(string text)
    {
        if (text.Length == 0)
        {
            return Everything;
        }

        var requirements = new List<FieldRequirement>();
        foreach (var term in Terms(text))
        {
            if (term.Length > 0)
            {
                requirements.Add(ParseTerm(term, text));
            }
        }

        return new FieldQuery([.. requirements]);
    }

    /// <summary>The same comparisons of fields with other names.</summary>
    public FieldQuery Renamed(Func<string, string> rename) => new([.. _requirements.Select(requirement => requirement with { Field = rename(requirement.Field) })]);

    /// <summary>Fields that are missing compare as empty.</summary>
    public bool Matches(IReadOnlyDictionary<string, string> fields)
    {
        foreach (var requirement in _requirements)
        {
            fields.TryGetValue(requirement.Field, out var value);
            if (requirement.IsEqual != ((value ?? "") == requirement.Value))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The value that a field must have; null when the selector leaves it open.</summary>
    public string? ExactValue(string field)
    {
        foreach (var requirement in _requirements)
        {
            if (requirement.IsEqual && requirement.Field == field)
            {
                return requirement.Value;
            }
        }

        return null;
    }

    /// <summary>The query form; parses back to the same selector.</summary>
    public override string ToString() =>
        string.Join(',', _requirements.Select(requirement => $"{requirement.Field}{(requirement.IsEqual ? "=" : "!=")}{Escape(requirement.Value)}"));

    private static IEnumerable<string> Terms(string text)
    {
        var start = 0;
        for (var index = 0; index < text.Length; index++)
        {
            if (text[index] == '\\')
            {
                index++; // The next character is escaped, whatever it is.
            }
            else if (text[index] == ',')
            {
                yield return text[start..index];
                start = index + 1;
            }
        }

        yield return text[start..];
    }

    private static FieldRequirement ParseTerm(string term, string whole)
    {
        for (var index = 0; index < term.Length; index++)
        {
            if (term[index] == '\\')
            {
                index++;
            }
            else if (term.AsSpan(index).StartsWith("!="))
            {
                return new FieldRequirement(term[..index], Unescape(term[(index + 2)..]), IsEqual: false);
            }
            else if (term[index] == '=')
            {
                var width = term.AsSpan(index).StartsWith("==") ? 2 : 1;
                return new FieldRequirement(term[..index], Unescape(term[(index + width)..]), IsEqual: true);
            }
        }

        throw ApiErrors.BadRequest($"invalid selector: '{whole}'; can't understand '{term}'");
    }

    private static string Unescape(string value)
    {
        if (!value.AsSpan().ContainsAny('\\', ',', '='))
        {
            return value;
        }

        var text = new StringBuilder(value.Length);
        for (var index = 0; index < value.Length; index++)
        {
            if (value[index] == '\\')
            {
                if (++index >= value.Length || value[index] is not ('\\' or ',' or '='))
                {
                    throw ApiErrors.BadRequest($"invalid field selector: invalid escape sequence in {value}");
                }
            }
            else if (value[index] is ',' or '=')
            {
                throw ApiErrors.BadRequest($"invalid field selector: unescaped character in value: {value[index]}");
            }

            text.Append(value[index]);
        }

        return text.ToString();
    }

    private static string Escape(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal).Replace("=", "\\=", StringComparison.Ordinal);
}
