namespace Strata.VirtualNode.Providers;

/// <summary>A provider could not do what was asked.</summary>
public sealed class ProviderException(ProviderFailure failure, Exception? inner = null) : Exception(failure.Message, inner)
{
    public ProviderFailure Failure { get; } = failure;
}
