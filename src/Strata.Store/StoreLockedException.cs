namespace Strata.Store;

/// <summary>Another process has the store open. The message names the file and, when known, the process.</summary>
public sealed class StoreLockedException(string message) : StoreException(message);
