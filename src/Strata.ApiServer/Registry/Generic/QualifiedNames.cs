using System.Text.Json.Nodes;
using Strata.Api.Errors;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>Syntax of label keys and values, annotation keys and the like (apimachinery: util/validation IsQualifiedName, IsValidLabelValue).</summary>
internal static class QualifiedNames
{
    private const string CharacterRule = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
    private const string ValueRule = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

    /// <summary>Checks <c>[prefix/]name</c>.</summary>
    public static void Validate(string name, string path, FieldErrors errors)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        var local = slash < 0 ? name : name[(slash + 1)..];
        if (local.Contains('/', StringComparison.Ordinal))
        {
            errors.Invalid(path, name, $"a qualified name {CharacterRule} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')");
            return;
        }

        if (slash == 0)
        {
            errors.Invalid(path, name, "prefix part must be non-empty");
        }
        else if (slash > 0 && ObjectNames.SubdomainProblem(name[..slash]) is { } problem)
        {
            errors.Invalid(path, name, $"prefix part {problem}");
        }

        if (local.Length == 0)
        {
            errors.Invalid(path, name, "name part must be non-empty");
        }
        else if (local.Length > 63)
        {
            errors.Invalid(path, name, "name part must be no more than 63 characters");
        }

        if (!IsName(local))
        {
            errors.Invalid(path, name, $"name part {CharacterRule}");
        }
    }

    public static bool IsValid(string name)
    {
        var errors = new FieldErrors();
        Validate(name, "", errors);
        return !errors.Any;
    }

    public static void ValidateLabelValue(string value, string path, FieldErrors errors)
    {
        if (value.Length > 63)
        {
            errors.Invalid(path, value, "must be no more than 63 characters");
        }

        if (value.Length > 0 && !IsName(value))
        {
            errors.Invalid(path, value, ValueRule);
        }
    }

    /// <summary>Checks a map of labels; problems are reported at the map, as upstream does.</summary>
    public static void ValidateLabels(JsonObject? labels, string path, FieldErrors errors)
    {
        foreach (var (key, value) in labels.Entries())
        {
            Validate(key, path, errors);
            ValidateLabelValue(value, path, errors);
        }
    }

    private static bool IsName(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || !char.IsAsciiLetterOrDigit(text[0]) || !char.IsAsciiLetterOrDigit(text[^1]))
        {
            return false;
        }

        foreach (var character in text)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('-' or '_' or '.'))
            {
                return false;
            }
        }

        return true;
    }
}
