using System.Globalization;
using System.Text;
using Strata.ApiServer.Authentication;
using Strata.ApiServer.Requests;

namespace Strata.ApiServer.Registry.Endpoints;

/// <summary>The name under which a write is booked in metadata.managedFields.</summary>
internal static class FieldManagers
{
    /// <summary>Longest name (apimachinery: FieldManagerMaxLength).</summary>
    public const int MaxBytes = 128;

    private const string Unknown = "unknown";
    private const string SystemPrefix = "system:";

    /// <summary>The parameter, or else the User-Agent up to its first slash (apiserver: endpoints/handlers/create.go), or else the user, for calls within the process.</summary>
    public static string Of(ApiCall call) =>
        call.Query["fieldManager"] is { Length: > 0 } given ? given
        : call.UserAgent.Length > 0 ? FromUserAgent(call.UserAgent)
        : FromUser(call.User);

    public static bool IsPrintable(Rune letter) => Rune.GetUnicodeCategory(letter)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator) && (letter.Value == ' ' || Rune.GetUnicodeCategory(letter) != UnicodeCategory.SpaceSeparator);

    private static string FromUserAgent(string userAgent)
    {
        var name = new StringBuilder();
        var size = 0;
        foreach (var letter in userAgent.Split('/', 2)[0].EnumerateRunes())
        {
            if (!IsPrintable(letter))
            {
                continue;
            }

            if ((size += letter.Utf8SequenceLength) > MaxBytes)
            {
                break;
            }

            name.Append(letter);
        }

        return name.Length > 0 ? name.ToString() : Unknown;
    }

    // Upstream's components name themselves in the User-Agent; here their user says the same.
    private static string FromUser(UserIdentity user) =>
        user.Name == UserIdentity.ApiServer.Name ? "kube-apiserver"
        : user.Name.StartsWith(UserIdentity.NodePrefix, StringComparison.Ordinal) ? "kubelet"
        : user.Name.StartsWith(SystemPrefix, StringComparison.Ordinal) ? user.Name[SystemPrefix.Length..]
        : user.Name.Length is > 0 and <= MaxBytes ? user.Name
        : Unknown;
}
