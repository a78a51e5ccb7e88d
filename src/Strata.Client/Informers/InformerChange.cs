namespace Strata.Client.Informers;

/// <summary>One change: added (<paramref name="Old"/> is null), modified, or deleted (<paramref name="New"/> is null).</summary>
/// <param name="Old">The object before; its last known contents when deleted.</param>
/// <param name="New">The object after.</param>
public readonly record struct InformerChange<T>(T? Old, T? New)
    where T : class
{
    /// <summary>The object, whichever side it is on.</summary>
    public T Object => (New ?? Old)!;

    public bool IsDeleted => New is null;
}
