namespace Strata.Store;

/// <summary>The connection broke before a write was answered, and what the store holds now does not tell whether it happened. The caller reads and
/// decides; trying again blindly could do it twice (HTTP 504 "Timeout" in the Kubernetes API).</summary>
public sealed class UncertainWriteException(string message, Exception? innerException = null) : StoreException(message, innerException);
