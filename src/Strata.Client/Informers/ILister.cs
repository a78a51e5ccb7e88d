using Strata.Api;

namespace Strata.Client.Informers;

/// <summary>A read-only, in-memory view of all objects of a kind. Reads never block and never call the API. Thread-safe.</summary>
public interface ILister<T>
    where T : class
{
    /// <summary>The object, or null when it is not (or not yet) known.</summary>
    T? Get(ObjectKey key);

    /// <summary>All objects, in no particular order. The list is a snapshot.</summary>
    IReadOnlyList<T> List();

    /// <summary>The objects of one namespace.</summary>
    IReadOnlyList<T> List(string namespaceName);

    /// <summary>The objects filed under <paramref name="value"/> in an index added with <see cref="IInformer{T}.AddIndex"/>.</summary>
    IReadOnlyList<T> ByIndex(string index, string value);
}
