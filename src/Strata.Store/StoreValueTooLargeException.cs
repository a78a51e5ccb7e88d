namespace Strata.Store;

/// <summary>The store refuses values of this size (etcd: <c>--max-request-bytes</c>). Nothing was written.</summary>
public sealed class StoreValueTooLargeException(string message) : StoreException(message);
