using System.Globalization;
using Strata.Api.Errors;

namespace Strata.Api.ManagedFields;

/// <summary>The answer to an apply that is not forced over others (apimachinery: util/managedfields/internal/conflict.go).</summary>
internal static class ApplyConflicts
{
    /// <param name="shownVersion">What to show as the version of updaters; null for their own.</param>
    public static ApiException ToError(IReadOnlyList<ApplyConflict> conflicts, string? shownVersion) => new(new ApiStatus
    {
        Code = 409,
        Reason = StatusReason.Conflict,
        Message = Message(conflicts, shownVersion),
        Causes = [.. conflicts.Select(conflict => new StatusCause("FieldManagerConflict", $"conflict with {Owner(conflict, shownVersion)}", conflict.PathText))],
    });

    private static string Message(IReadOnlyList<ApplyConflict> conflicts, string? shownVersion)
    {
        if (conflicts is [var single])
        {
            return $"Apply failed with 1 conflict: conflict with {Owner(single, shownVersion)}: {single.PathText}";
        }

        var lines = new List<string>();
        foreach (var group in conflicts.GroupBy(static conflict => conflict.Owner.Id))
        {
            lines.Add($"conflicts with {Owner(group.First(), shownVersion)}:");
            lines.AddRange(group.Select(static conflict => $"- {conflict.PathText}"));
        }

        return string.Create(CultureInfo.InvariantCulture, $"Apply failed with {conflicts.Count} conflicts: {string.Join('\n', lines)}");
    }

    private static string Owner(ApplyConflict conflict, string? shownVersion) => conflict.Owner.Id.Describe(shownVersion ?? conflict.Owner.ApiVersion);
}
