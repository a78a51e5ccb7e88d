namespace Strata.Client.Informers;

/// <summary>Keeps an <see cref="ILister{T}"/> up to date by list and watch, and tells handlers what changed.</summary>
public interface IInformer<T> : ILister<T>
    where T : class
{
    /// <summary>Completes when the first list has arrived and all handlers have seen it.</summary>
    Task WaitForSyncAsync(CancellationToken cancellationToken);

    /// <summary>Adds a handler, called in order, one call at a time, after the lister shows the change. It must return quickly: update an index or enqueue a key.
    /// Objects already known are delivered first as additions.</summary>
    void Subscribe(Action<InformerChange<T>> handler);

    /// <summary>Files every object under the values that <paramref name="keys"/> returns. Call before the informer runs.</summary>
    void AddIndex(string index, Func<T, IEnumerable<string>> keys);
}
