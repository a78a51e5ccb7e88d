using System.Text.RegularExpressions;
using Strata.Api.Errors;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>Name rules of objects and parts of objects (apimachinery: util/validation).</summary>
internal static partial class ObjectNames
{
    private const string LabelRule = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
    private const string SubdomainRule = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
    private const string WildcardRule = "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
    private const string Rfc1035Rule = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

    /// <summary>At most 253 characters, dot-separated DNS labels: most kinds.</summary>
    public static void ValidateSubdomain(string name, string path, FieldErrors errors)
    {
        if (name.Length > 253)
        {
            errors.Invalid(path, name, "must be no more than 253 characters");
        }

        if (!Subdomain().IsMatch(name))
        {
            errors.Invalid(path, name, SubdomainRule);
        }
    }

    /// <summary>At most 63 characters: namespaces, containers, volumes.</summary>
    public static void ValidateLabel(string name, string path, FieldErrors errors)
    {
        if (name.Length > 63)
        {
            errors.Invalid(path, name, "must be no more than 63 characters");
        }

        if (!Label().IsMatch(name))
        {
            errors.Invalid(path, name, LabelRule);
        }
    }

    /// <summary>A label that starts with a letter: Services.</summary>
    public static void ValidateRfc1035Label(string name, string path, FieldErrors errors)
    {
        if (name.Length > 63)
        {
            errors.Invalid(path, name, "must be no more than 63 characters");
        }

        if (!Rfc1035().IsMatch(name))
        {
            errors.Invalid(path, name, Rfc1035Rule);
        }
    }

    /// <summary>A subdomain below any one label: <c>*.example.com</c>.</summary>
    public static void ValidateWildcard(string name, string path, FieldErrors errors)
    {
        if (name.Length > 253)
        {
            errors.Invalid(path, name, "must be no more than 253 characters");
        }

        if (!name.StartsWith("*.", StringComparison.Ordinal) || !Subdomain().IsMatch(name.AsSpan(2)))
        {
            errors.Invalid(path, name, WildcardRule);
        }
    }

    /// <summary>Anything that can be one segment of a path (apimachinery: api/validation/path/name.go): roles, bindings, certificate signing requests.</summary>
    public static void ValidatePathSegment(string name, string path, FieldErrors errors)
    {
        if (name is "." or "..")
        {
            errors.Invalid(path, name, $"may not be '{name}'");
            return;
        }

        foreach (var forbidden in (ReadOnlySpan<char>)['/', '%'])
        {
            if (name.Contains(forbidden))
            {
                errors.Invalid(path, name, $"may not contain '{forbidden}'");
            }
        }
    }

    /// <summary>What is wrong with a subdomain name; null when nothing is.</summary>
    public static string? SubdomainProblem(string name) =>
        name.Length > 253 ? "must be no more than 253 characters" : Subdomain().IsMatch(name) ? null : SubdomainRule;

    /// <summary>What is wrong with a label name; null when nothing is.</summary>
    public static string? LabelProblem(string name) =>
        name.Length > 63 ? "must be no more than 63 characters" : Label().IsMatch(name) ? null : LabelRule;

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex Label();

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex Subdomain();

    [GeneratedRegex(@"\A[a-z]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex Rfc1035();
}
