namespace Strata.Pods.Runtime;

/// <summary>States of a container in the runtime.</summary>
public enum ContainerPhase
{
    Unknown,
    Created,
    Running,
    Exited,
}
