using System.Globalization;
using System.Text.RegularExpressions;

namespace Strata.ApiServer.Discovery;

/// <summary>Order of preference of the versions of a group: v2, v1, v1beta2, v1beta1, v1alpha1, then other names by alphabet (apimachinery: pkg/version/helpers.go).</summary>
internal sealed partial class VersionOrder : IComparer<string>
{
    public static readonly VersionOrder Instance = new();

    public int Compare(string? x, string? y)
    {
        var (left, right) = (Parse(x!), Parse(y!));
        var byRank = left.Rank.CompareTo(right.Rank);
        return byRank != 0 ? byRank
            : left.Rank == 3 ? string.CompareOrdinal(x, y)
            : left.Major != right.Major ? right.Major.CompareTo(left.Major)
            : right.Minor.CompareTo(left.Minor);
    }

    private static (int Rank, int Major, int Minor) Parse(string version)
    {
        var match = Form().Match(version);
        return match.Success && Number(match.Groups[1]) is { } major && Number(match.Groups[3]) is { } minor
            ? (match.Groups[2].Value switch { "" => 0, "beta" => 1, _ => 2 }, major, minor)
            : (3, 0, 0);
    }

    private static int? Number(Group digits) =>
        digits.Length == 0 ? 0 : int.TryParse(digits.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    [GeneratedRegex(@"^v(\d+)(?:(alpha|beta)(\d+))?\z")]
    private static partial Regex Form();
}
