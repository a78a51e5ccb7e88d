using Strata.Api.Models;

namespace Strata.Pods.Lifecycle;

/// <summary>Whether a container that ended starts again: the pod's policy, overridden per container (KEP-753 sidecars, KEP-5307 rules).</summary>
public static class RestartDecision
{
    public static bool ShouldRestart(PodSpec spec, Container container, int exitCode)
    {
        if (container.RestartPolicyRules.Any(rule => rule.Action == "Restart" && Matches(rule.ExitCodes, exitCode)))
        {
            return true;
        }

        return Policy(spec, container) switch
        {
            "Never" => false,
            "OnFailure" => exitCode != 0,

            // A plain init container that succeeded has done its work, whatever the pod's policy.
            _ => exitCode != 0 || !PodContainers.IsInit(spec, container.Name) || PodContainers.IsSidecar(container),
        };
    }

    /// <summary><c>Always</c>, <c>OnFailure</c> or <c>Never</c>.</summary>
    public static string Policy(PodSpec spec, Container container) =>
        container.RestartPolicy is { Length: > 0 } own ? own : spec.RestartPolicy.Length > 0 ? spec.RestartPolicy : "Always";

    private static bool Matches(ContainerRestartRuleOnExitCodes? rule, int exitCode) => rule is not null && rule.Operator switch
    {
        "In" => rule.Values.Contains(exitCode),
        "NotIn" => !rule.Values.Contains(exitCode),
        _ => false,
    };
}
