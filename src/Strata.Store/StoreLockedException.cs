namespace Strata.Store;

/// <summary>Another process has the store open. The message names the file.</summary>
public sealed class StoreLockedException(string message) : StoreException(message);
