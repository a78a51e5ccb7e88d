using System.Buffers.Text;
using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using System.Net.Mail;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Strata.Api.Structural;

/// <summary>The string formats that a schema may demand; others are taken as comments
/// (apiextensions-apiserver: pkg/apiserver/validation/formats.go; kube-openapi: pkg/validation/strfmt).</summary>
internal static partial class StringFormats
{
    private static readonly FrozenDictionary<string, Func<string, bool>> Checks = new Dictionary<string, Func<string, bool>>(StringComparer.Ordinal)
    {
        ["bsonobjectid"] = static text => text.Length == 24 && text.All(char.IsAsciiHexDigit),
        ["uri"] = static text => Uri.TryCreate(text, UriKind.Absolute, out _) || text.StartsWith('/'),
        ["email"] = static text => MailAddress.TryCreate(text, out _),
        ["hostname"] = static text => text.Length <= 255 && Hostname().IsMatch(text),
        ["ipv4"] = static text => IsAddress(text, AddressFamily.InterNetwork),
        ["ipv6"] = static text => IsAddress(text, AddressFamily.InterNetworkV6),
        ["cidr"] = IsNetwork,
        ["mac"] = static text => Mac().IsMatch(text),
        ["uuid"] = static text => Uuid().IsMatch(text),
        ["uuid3"] = static text => IsUuid(text, '3', anyVariant: true),
        ["uuid4"] = static text => IsUuid(text, '4', anyVariant: false),
        ["uuid5"] = static text => IsUuid(text, '5', anyVariant: false),
        ["isbn"] = static text => IsIsbn10(text) || IsIsbn13(text),
        ["isbn10"] = IsIsbn10,
        ["isbn13"] = IsIsbn13,
        ["creditcard"] = IsCreditCard,
        ["ssn"] = static text => SocialSecurity().IsMatch(text),
        ["hexcolor"] = static text => HexColor().IsMatch(text),
        ["rgbcolor"] = static text => RgbColor().IsMatch(text),
        ["byte"] = static text => Base64.IsValid(text),
        ["password"] = static _ => true,
        ["date"] = static text => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        ["duration"] = IsDuration,
        ["datetime"] = IsDateTime,
        ["date-time"] = IsDateTime,
        ["k8s-short-name"] = static text => text.Length <= 63 && ShortName().IsMatch(text),
        ["k8s-long-name"] = static text => text.Length <= 253 && LongName().IsMatch(text),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Whether the text has the format; true for formats nobody knows.</summary>
    public static bool Fits(string format, string text) => !Checks.TryGetValue(format, out var check) || check(text);

    private static bool IsAddress(string text, AddressFamily family) =>
        IPAddress.TryParse(text, out var address) && address.AddressFamily == family && (family != AddressFamily.InterNetwork || text.Count(static c => c == '.') == 3);

    private static bool IsNetwork(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && IPAddress.TryParse(text.AsSpan(0, slash), out var address) && int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var bits)
            && bits <= (address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
    }

    private static bool IsUuid(string text, char version, bool anyVariant)
    {
        var digits = text.Replace("-", "", StringComparison.Ordinal);
        return Uuid().IsMatch(text) && digits[12] == version && (anyVariant || digits[16] is '8' or '9' or 'a' or 'b' or 'A' or 'B');
    }

    private static string DigitsOf(string text) => text.Replace("-", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);

    private static bool IsIsbn10(string text)
    {
        var digits = DigitsOf(text);
        if (digits.Length != 10 || !digits.AsSpan(0, 9).ContainsOnlyDigits() || digits[9] is not (>= '0' and <= '9' or 'X'))
        {
            return false;
        }

        var sum = 0;
        for (var index = 0; index < 10; index++)
        {
            sum += (10 - index) * (digits[index] == 'X' ? 10 : digits[index] - '0');
        }

        return sum % 11 == 0;
    }

    private static bool IsIsbn13(string text)
    {
        var digits = DigitsOf(text);
        if (digits.Length != 13 || !digits.AsSpan().ContainsOnlyDigits())
        {
            return false;
        }

        var sum = 0;
        for (var index = 0; index < 13; index++)
        {
            sum += (digits[index] - '0') * (index % 2 == 0 ? 1 : 3);
        }

        return sum % 10 == 0;
    }

    // Luhn's sum.
    private static bool IsCreditCard(string text)
    {
        var digits = DigitsOf(text);
        if (digits.Length is < 12 or > 19 || !digits.AsSpan().ContainsOnlyDigits())
        {
            return false;
        }

        var sum = 0;
        for (var index = 0; index < digits.Length; index++)
        {
            var digit = digits[digits.Length - 1 - index] - '0';
            digit = index % 2 == 1 ? digit * 2 : digit;
            sum += digit > 9 ? digit - 9 : digit;
        }

        return sum % 10 == 0;
    }

    private static bool ContainsOnlyDigits(this ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('0', '9');

    private static bool IsDuration(string text) => Json.GoDuration.TryParse(text, out _) || NamedDuration().IsMatch(text);

    // RFC 3339 as strfmt reads it: seconds and zone are needed, the zone may lack its colon.
    private static bool IsDateTime(string text) =>
        DateTimePattern().IsMatch(text) && DateTime.TryParse(text.AsSpan(0, 19), CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    [GeneratedRegex(@"^([a-zA-Z0-9_]([a-zA-Z0-9-_]{0,62}[a-zA-Z0-9_])?)(\.[a-zA-Z0-9_]([a-zA-Z0-9-_]{0,62}[a-zA-Z0-9_])?)*\.?\z")]
    private static partial Regex Hostname();

    [GeneratedRegex(@"^([0-9a-fA-F]{2}[:-]){5}([0-9a-fA-F]{2})\z|^([0-9a-fA-F]{4}\.){2}[0-9a-fA-F]{4}\z|^([0-9a-fA-F]{2}[:-]){7}([0-9a-fA-F]{2})\z")]
    private static partial Regex Mac();

    [GeneratedRegex(@"^[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}\z")]
    private static partial Regex Uuid();

    [GeneratedRegex(@"^[0-9]{3}[- ]?[0-9]{2}[- ]?[0-9]{4}\z")]
    private static partial Regex SocialSecurity();

    [GeneratedRegex(@"^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})\z")]
    private static partial Regex HexColor();

    [GeneratedRegex(@"^rgb\(\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*,\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*,\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*\)\z")]
    private static partial Regex RgbColor();

    [GeneratedRegex(@"^((\d+)\s*(ns|nano|us|µs|micro|ms|milli|s|sec|second|m|min|minute|h|hr|hour|d|day|w|wk|week)s?\s*)+\z")]
    private static partial Regex NamedDuration();

    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}([.,]\d{1,9})?([Zz]|[+-]\d{2}:?\d{2})\z")]
    private static partial Regex DateTimePattern();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex ShortName();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex LongName();
}
