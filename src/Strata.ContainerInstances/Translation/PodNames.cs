namespace Strata.ContainerInstances.Translation;

/// <summary>Names and labels of what a group becomes in the core. They depend only on the group's uid and incarnation, so a
/// create that is repeated after a crash meets the first one's pod instead of making a second.</summary>
internal static class PodNames
{
    public const string InstallationLabel = "strata.dev/container-instances";
    public const string GroupUidLabel = "strata.dev/container-group-uid";
    public const string GroupNameLabel = "strata.dev/container-group";
    public const string GroupIdAnnotation = "strata.dev/container-group-id";

    /// <summary>Keeps a pod's last status readable until the meter has stored when it ended.</summary>
    public const string MeterFinalizer = "strata.dev/meter";

    public static string Pod(string groupUid, int incarnation) => $"cg-{groupUid}-{incarnation}";

    public static string Secret(string pod) => pod;

    public static string RegistrySecret(string pod) => $"{pod}-registry";
}
