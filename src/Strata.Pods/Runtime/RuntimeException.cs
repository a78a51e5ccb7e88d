namespace Strata.Pods.Runtime;

/// <summary>The runtime refused or failed a call.</summary>
/// <param name="failure">What kind of failure, as far as the caller must tell them apart.</param>
public sealed class RuntimeException(RuntimeFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    public RuntimeFailure Failure { get; } = failure;
}
