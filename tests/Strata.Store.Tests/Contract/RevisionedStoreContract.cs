namespace Strata.Store.Tests.Contract;

/// <summary>What every <see cref="IRevisionedStore"/> does. One derived class per implementation.</summary>
public abstract partial class RevisionedStoreContract : IAsyncLifetime
{
    private protected IRevisionedStore Store { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Store = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        await CleanupAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Opens a store of its own, empty when called for the first time.</summary>
    protected abstract ValueTask<IRevisionedStore> OpenAsync();

    protected abstract ValueTask CleanupAsync();

    private protected async Task<StoreEntry> Written(string key, string value)
    {
        var outcome = await Store.Put(key, value);
        Assert.True(outcome.IsCommitted);
        return outcome.Entry!;
    }
}
