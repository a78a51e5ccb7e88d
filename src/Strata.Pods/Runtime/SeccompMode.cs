namespace Strata.Pods.Runtime;

/// <summary>Which system calls a container may make.</summary>
public enum SeccompMode
{
    Unconfined,
    RuntimeDefault,
    Localhost,
}
