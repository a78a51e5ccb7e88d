namespace Strata.Store;

/// <summary>The store cannot be reached, or has no leader, at the moment. The message names the endpoints that were tried. Nothing was written.</summary>
public sealed class StoreUnavailableException(string message, Exception? innerException = null) : StoreException(message, innerException);
