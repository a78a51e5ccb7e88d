namespace Strata.Store;

/// <summary>The file is damaged or is not a store. The message names the file and the first thing found.</summary>
public sealed class StoreCorruptException(string message) : StoreException(message);
