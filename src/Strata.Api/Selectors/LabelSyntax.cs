using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Strata.Api.Errors;

namespace Strata.Api.Selectors;

/// <summary>Rules for label keys and values (apimachinery: util/validation) with upstream's texts.</summary>
public static class LabelSyntax
{
    private const string NameHelp =
        "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

    private const string ValueHelp =
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

    private const string PrefixHelp =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");
    private static readonly SearchValues<char> LowerCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>What is wrong with a qualified name (label key, annotation key, finalizer); empty when nothing is.</summary>
    public static IReadOnlyList<string> CheckKey(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0 && key.IndexOf('/', slash + 1) >= 0)
        {
            return ["a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"];
        }

        List<string>? problems = null;
        if (slash >= 0)
        {
            var prefix = key.AsSpan(0, slash);
            if (prefix.IsEmpty)
            {
                (problems ??= []).Add("prefix part must be non-empty");
            }
            else if (prefix.Length > 253)
            {
                (problems ??= []).Add("prefix part must be no more than 253 bytes");
            }
            else if (!IsSubdomain(prefix))
            {
                (problems ??= []).Add("prefix part " + PrefixHelp);
            }
        }

        var name = key.AsSpan(slash + 1);
        if (name.IsEmpty)
        {
            (problems ??= []).Add("name part must be non-empty");
        }
        else if (name.Length > 63)
        {
            (problems ??= []).Add("name part must be no more than 63 bytes");
        }

        if (!IsName(name))
        {
            (problems ??= []).Add(NameHelp);
        }

        return problems ?? (IReadOnlyList<string>)[];
    }

    /// <summary>What is wrong with a label value; empty when nothing is.</summary>
    public static IReadOnlyList<string> CheckValue(string value)
    {
        List<string>? problems = null;
        if (value.Length > 63)
        {
            (problems ??= []).Add("must be no more than 63 bytes");
        }

        if (value.Length > 0 && !IsName(value))
        {
            (problems ??= []).Add(ValueHelp);
        }

        return problems ?? (IReadOnlyList<string>)[];
    }

    internal static LabelRequirement Require(string key, LabelOperator op, IReadOnlyList<string> values, string? symbol = null)
    {
        if (CheckKey(key) is [var keyProblem, ..])
        {
            throw Problem($"key: Invalid value: {Quote(key)}: {keyProblem}");
        }

        switch (op)
        {
            case LabelOperator.In or LabelOperator.NotIn when values.Count == 0:
                throw Problem("values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty");
            case LabelOperator.Exists or LabelOperator.DoesNotExist when values.Count > 0:
                throw Problem($"values: Invalid value: [{string.Join(',', values.Select(Quote))}]: values set must be empty for exists and does not exist");
            case LabelOperator.GreaterThan or LabelOperator.LessThan when !long.TryParse(values[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _):
                throw Problem($"values[0]: Invalid value: {Quote(values[0])}: for 'Gt', 'Lt' operators, the value must be an integer");
        }

        for (var index = 0; index < values.Count; index++)
        {
            if (CheckValue(values[index]) is [var valueProblem, ..])
            {
                throw Problem(string.Create(CultureInfo.InvariantCulture, $"values[{index}][{key}]: Invalid value: {Quote(values[index])}: {valueProblem}"));
            }
        }

        return new LabelRequirement(key, op, [.. values.Order(StringComparer.Ordinal)]) { Symbol = symbol };
    }

    private static ApiException Problem(string detail) => ApiErrors.BadRequest($"unable to parse requirement: {detail}");

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    private static bool IsName(ReadOnlySpan<char> name) =>
        !name.IsEmpty && char.IsAsciiLetterOrDigit(name[0]) && char.IsAsciiLetterOrDigit(name[^1]) && !name.ContainsAnyExcept(NameCharacters);

    private static bool IsSubdomain(ReadOnlySpan<char> text)
    {
        foreach (var range in text.Split('.'))
        {
            var label = text[range];
            if (label.IsEmpty || label[0] == '-' || label[^1] == '-' || label.ContainsAnyExcept(LowerCharacters))
            {
                return false;
            }
        }

        return true;
    }
}
