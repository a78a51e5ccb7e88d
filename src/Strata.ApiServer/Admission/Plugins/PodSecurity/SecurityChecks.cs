namespace Strata.ApiServer.Admission.Plugins.PodSecurity;

/// <summary>The checks of the Pod Security Standards, in upstream's order, each with the versions that it is part of (pod-security-admission: policy/).</summary>
/// <remarks>Pods with <c>hostUsers: false</c> get no relief (upstream since 1.35): nodes do not run them in a user namespace.</remarks>
internal static class SecurityChecks
{
    private static readonly Check[] Baseline =
    [
        new(BaselineChecks.AppArmor),
        new(BaselineChecks.Capabilities) { IsWithinRestricted = true },
        new(BaselineChecks.HostNamespaces),
        new(BaselineChecks.HostPathVolumes) { IsWithinRestricted = true },
        new(BaselineChecks.HostPorts),
        new(BaselineChecks.ProbeHosts) { Since = 34 },
        new(BaselineChecks.Privileged),
        new(BaselineChecks.ProcMount),
        new((pod, minor) => BaselineChecks.SELinux(pod, withEngine: minor >= 31)),
        new(BaselineChecks.SeccompAnnotations) { Until = 18, IsWithinRestricted = true },
        new(BaselineChecks.Seccomp) { Since = 19, IsWithinRestricted = true },
        new(BaselineChecks.Sysctls),
        new(BaselineChecks.HostProcess),
    ];

    // What counts for Linux only is not asked of Windows pods since 1.25.
    private static readonly Check[] Restricted =
    [
        new((pod, minor) => minor >= 25 && pod.IsWindows ? null : RestrictedChecks.PrivilegeEscalation(pod)) { Since = 8 },
        new((pod, minor) => minor >= 25 && pod.IsWindows ? null : RestrictedChecks.Capabilities(pod)) { Since = 22 },
        new(RestrictedChecks.Volumes),
        new(RestrictedChecks.NonRoot),
        new(RestrictedChecks.User) { Since = 23 },
        new((pod, minor) => minor >= 25 && pod.IsWindows ? null : RestrictedChecks.Seccomp(pod)) { Since = 19 },
    ];

    /// <summary>Everything that a policy has against a pod; empty when the pod may run.</summary>
    public static IReadOnlyList<SecurityFinding> Evaluate(SecurityPolicy policy, SecurityPod pod)
    {
        var findings = new List<SecurityFinding>();
        if (policy.Level != SecurityLevel.Privileged)
        {
            var isRestricted = policy.Level == SecurityLevel.Restricted;

            // Those that restricted repeats more strictly come last at baseline, and not at all at restricted.
            Run(Baseline.Where(static check => !check.IsWithinRestricted));
            Run(isRestricted ? Restricted : Baseline.Where(static check => check.IsWithinRestricted));
        }

        return findings;

        void Run(IEnumerable<Check> checks)
        {
            foreach (var check in checks.Where(check => check.Since <= policy.Minor && policy.Minor <= check.Until))
            {
                if (check.Find(pod, policy.Minor) is { } finding)
                {
                    findings.Add(finding);
                }
            }
        }
    }

    private sealed record Check(Func<SecurityPod, int, SecurityFinding?> Find)
    {
        public Check(Func<SecurityPod, SecurityFinding?> find)
            : this((pod, _) => find(pod))
        {
        }

        public int Since { get; init; }

        public int Until { get; init; } = SecurityPolicy.Latest;

        public bool IsWithinRestricted { get; init; }
    }
}
