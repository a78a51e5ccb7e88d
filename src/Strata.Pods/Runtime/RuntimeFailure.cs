namespace Strata.Pods.Runtime;

/// <summary>Failures that lead to different decisions.</summary>
public enum RuntimeFailure
{
    /// <summary>The call failed; the message says why.</summary>
    Other,

    /// <summary>The sandbox, container or image does not exist.</summary>
    NotFound,

    /// <summary>The runtime cannot be reached.</summary>
    Unavailable,

    /// <summary>The runtime (or the provider behind it) does not do this at all.</summary>
    NotSupported,
}
