using Strata.Api.Models;

namespace Strata.ApiServer.Admission.Plugins;

/// <summary>How one of several defaults is chosen.</summary>
internal static class DefaultClasses
{
    /// <summary>The one made last, and of those of one second the first by name; null when there is none.</summary>
    public static T? Newest<T>(this IEnumerable<T> classes)
        where T : class, IKubeObject<T> =>
        classes.OrderByDescending(static item => item.Metadata.CreationTimestamp).ThenBy(static item => item.Metadata.Name, StringComparer.Ordinal).FirstOrDefault();
}
