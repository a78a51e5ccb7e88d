using Strata.Arm.ContainerGroups;

namespace Strata.ContainerInstances.Validation;

internal static class ProbeValidator
{
    public static void Check(ContainerProbe? probe, string target, Problems problems)
    {
        if (probe is null)
        {
            return;
        }

        problems.Require((probe.Exec is null) != (probe.HttpGet is null), target, "A probe needs exactly one of 'exec' and 'httpGet'.");
        problems.Require(probe.Exec is null || probe.Exec.Command is { Count: > 0 }, $"{target}.exec", "An exec probe needs a command.");
        if (probe.HttpGet is { } http)
        {
            problems.Require(http.Port is >= 1 and <= 65535, $"{target}.httpGet.port", $"'{http.Port}' is not a port: use 1 to 65535.");
            problems.Require(
                http.Scheme is null || http.Scheme.ToUpperInvariant() is "HTTP" or "HTTPS", $"{target}.httpGet.scheme",
                $"'{http.Scheme}' is not a scheme: use 'http' or 'https'.");
        }

        AtLeast(problems, probe.InitialDelaySeconds, 0, $"{target}.initialDelaySeconds");
        AtLeast(problems, probe.PeriodSeconds, 1, $"{target}.periodSeconds");
        AtLeast(problems, probe.TimeoutSeconds, 1, $"{target}.timeoutSeconds");
        AtLeast(problems, probe.FailureThreshold, 1, $"{target}.failureThreshold");
        AtLeast(problems, probe.SuccessThreshold, 1, $"{target}.successThreshold");
        if (target.EndsWith("livenessProbe", StringComparison.Ordinal))
        {
            problems.Require(probe.SuccessThreshold is null or 1, $"{target}.successThreshold", "The success threshold of a liveness probe must be 1.");
        }
    }

    private static void AtLeast(Problems problems, int? value, int least, string target) =>
        problems.Require(value is null || value >= least, target, $"{value} is too small: at least {least}.");
}
