namespace Strata.Pods.Environment;

/// <summary>Where the value of a variable came from.</summary>
public enum VariableSource
{
    /// <summary>Written in the pod spec.</summary>
    Literal,
    ConfigMap,

    /// <summary>From a Secret, or expanded from a variable that was: must not be shown.</summary>
    Secret,
    Field,
    Resource,

    /// <summary>Describes a Service of the namespace.</summary>
    Service,
}
