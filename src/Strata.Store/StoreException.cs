namespace Strata.Store;

/// <summary>The store could not do its work. Derived types name the failures a caller can act on.</summary>
public class StoreException(string message, Exception? innerException = null) : Exception(message, innerException);
