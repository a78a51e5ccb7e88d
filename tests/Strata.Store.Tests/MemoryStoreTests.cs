using Strata.Store.Memory;
using Strata.Store.Tests.Contract;

namespace Strata.Store.Tests;

public sealed class MemoryStoreTests : RevisionedStoreContract
{
    [Fact]
    public async Task A_bounded_history_forgets_by_itself()
    {
        await using var store = new MemoryStore(historyLimit: 10);
        for (var i = 0; i < 100; i++)
        {
            await store.Put("a", $"{i}");
        }

        Assert.NotNull(await store.Get("a", at: 101 - 10));
        await Assert.ThrowsAsync<CompactedException>(async () => await store.Get("a", at: 101 - 20));
    }

    protected override ValueTask<IRevisionedStore> OpenAsync() => ValueTask.FromResult<IRevisionedStore>(new MemoryStore());

    protected override ValueTask CleanupAsync() => ValueTask.CompletedTask;
}
