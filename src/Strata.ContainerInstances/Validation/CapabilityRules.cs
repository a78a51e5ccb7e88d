namespace Strata.ContainerInstances.Validation;

/// <summary>Capabilities a container may add. Hosts are shared, so only those that container runtimes give by default are allowed:
/// the others reach the host's kernel, network or devices.</summary>
internal static class CapabilityRules
{
    private static readonly HashSet<string> Allowed = new(StringComparer.OrdinalIgnoreCase)
    {
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    };

    public static void Check(IReadOnlyList<string>? added, string target, Problems problems)
    {
        foreach (var capability in added ?? [])
        {
            var name = capability.StartsWith("CAP_", StringComparison.OrdinalIgnoreCase) ? capability[4..] : capability;
            UnsupportedFeatures.Refuse(problems, !Allowed.Contains(name), target, $"The capability '{capability}' is");
        }
    }
}
