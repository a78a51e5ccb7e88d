namespace Strata.VirtualNode.Providers;

/// <summary>Why a provider does not run a pod.</summary>
/// <param name="Kind">What sort of failure, which decides how it is retried.</param>
/// <param name="Message">What a person reads; names the provider's own error code where it has one.</param>
public sealed record ProviderFailure(FailureKind Kind, string Message);
