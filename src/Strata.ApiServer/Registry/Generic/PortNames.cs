using System.Text.Json.Nodes;
using Strata.Api.Errors;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>Names of ports, and fields that take a number or such a name (apimachinery: util/validation IsValidPortName).</summary>
internal static class PortNames
{
    public static void Validate(string name, string path, FieldErrors errors)
    {
        if (name.Length > 15)
        {
            errors.Invalid(path, name, "must be no more than 15 characters");
        }

        var letters = 0;
        var strange = false;
        foreach (var character in name)
        {
            letters += char.IsAsciiLetterLower(character) ? 1 : 0;
            strange |= !char.IsAsciiLetterLower(character) && !char.IsAsciiDigit(character) && character != '-';
        }

        if (strange)
        {
            errors.Invalid(path, name, "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
        }

        if (letters == 0)
        {
            errors.Invalid(path, name, "must contain at least one letter (a-z)");
        }

        if (name.Contains("--", StringComparison.Ordinal))
        {
            errors.Invalid(path, name, "must not contain consecutive hyphens");
        }

        if (name.StartsWith('-') || name.EndsWith('-'))
        {
            errors.Invalid(path, name, "must not begin or end with a hyphen");
        }
    }

    /// <summary>A port given as number or as name.</summary>
    public static void ValidateNumberOrName(JsonNode? port, string path, FieldErrors errors)
    {
        if (JsonTree.TryText(port, out var name))
        {
            Validate(name, path, errors);
        }
        else
        {
            Addresses.ValidatePort(JsonTree.TryNumber(port, out var number) ? number : null, path, errors);
        }
    }

    public static void ValidateProtocol(string? protocol, string path, FieldErrors errors)
    {
        if (protocol is null)
        {
            errors.Required(path);
        }
        else if (protocol is not ("TCP" or "UDP" or "SCTP"))
        {
            errors.NotSupported(path, protocol, "SCTP", "TCP", "UDP");
        }
    }
}
